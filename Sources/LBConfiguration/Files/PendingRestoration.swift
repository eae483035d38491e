import Glibc
import LinuxSystem

/// The files to go back to while a change is not confirmed; on disk, so that a crash does not forget them.
///
/// Blocks while it reads and writes.
public struct PendingRestoration: Sendable {
  public let path: String

  public init(stateDirectory: String) { path = stateDirectory + "/unconfirmed.configuration" }

  /// - Throws: ``EditError/notPermitted(_:)``, ``EditError/failed(_:)``.
  public func save(_ files: [SourceFile]) throws(EditError) {
    do throws(SystemError) {
      try AtomicFile.write(ConfigurationArchive.bytes(of: files), to: path, permissions: 0o600, followsLinks: false)
    } catch {
      throw EditError(error)
    }
  }

  /// The files to go back to; nil when nothing waits for confirmation.
  ///
  /// - Throws: ``EditError/failed(_:)`` when the file cannot be read or is damaged.
  public func files() throws(EditError) -> [SourceFile]? {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try BoundedFile.read(path, bytesMax: ConfigurationSources.bytesMax * 2, followsLinks: false)
    } catch {
      if error.errno == ENOENT { return nil }
      throw EditError(error)
    }
    guard let files = ConfigurationArchive.files(in: bytes) else {
      throw .failed("\(path) is damaged: it does not hold a whole configuration")
    }
    return files
  }

  /// Nothing waits any more.
  public func clear() { unsafe unlink(path) }
}
