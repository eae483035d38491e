import Director
import FoundationEssentials
import LinuxSystem

/// The file `state.json`: what lbd remembers over restarts.
actor StateFile: StateStore {
  /// What reading the file brought.
  struct Reading {
    var state: SavedState
    /// What was wrong with the file and where it has gone; nil when all is well.
    var warning: String?
  }

  private static let bytesMax = 64 << 20

  private let path: String
  private let executor: ThreadExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(directory: String, executor: ThreadExecutor) {
    path = directory + "/state.json"
    self.executor = executor
  }

  func save(_ state: SavedState) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(state)), to: path, permissions: 0o600, followsLinks: false)
  }

  /// Reads the file; one that cannot be understood is kept beside, never overwritten.
  ///
  /// - Throws: ``SystemError`` when the file cannot be read or moved aside.
  func read() throws(SystemError) -> Reading {
    let bytes: [UInt8]
    do {
      bytes = try BoundedFile.read(path, bytesMax: StateFile.bytesMax, followsLinks: false)
    } catch {
      switch error.name {
      case "ENOENT": return Reading(state: SavedState())
      case "ELOOP": return try withoutMemory("is a symbolic link, which lbd does not follow")
      default: throw error
      }
    }
    do {
      let state = try JSONDecoder().decode(SavedState.self, from: Data(bytes))
      guard state.version == SavedState.currentVersion else { throw UnknownVersion(version: state.version) }
      return Reading(state: state)
    } catch {
      return try withoutMemory("is damaged (\(error))")
    }
  }

  private func withoutMemory(_ reason: String) throws(SystemError) -> Reading {
    let kept = try KeptAside.move(path)
    return Reading(
      state: SavedState(),
      warning: "the state file \(path) \(reason); it is kept as \(kept). lbd goes on without what it "
        + "remembered: halts and drains are gone, set them again with 'lbctl halt' and 'lbctl drain'")
  }

  private struct UnknownVersion: Error, CustomStringConvertible {
    let version: Int
    var description: String { "version \(version); this lbd knows version \(SavedState.currentVersion)" }
  }
}
