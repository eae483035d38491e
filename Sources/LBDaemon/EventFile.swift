import Director
import FoundationEssentials
import Glibc
import LinuxSystem

/// The file `events.jsonl`: what happened, over restarts, a JSON object on each line; of bounded size.
///
/// Lines are not synced: a power cut may take the newest and tear one. A line that cannot be read hides no other.
actor EventFile {
  /// What reading the file brought.
  struct Reading {
    /// Oldest first.
    var events: [DirectorEvent]
    /// What was wrong with the file; nil when all is well.
    var warning: String?
  }

  /// At this size the older half goes.
  static let bytesMax = 1 << 20
  private static let newline = UInt8(ascii: "\n")

  nonisolated let path: String
  private let bytesMax: Int
  private let executor: ThreadExecutor
  private let encoder = JSONEncoder()

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(directory: String, bytesMax: Int = EventFile.bytesMax, executor: ThreadExecutor) {
    path = directory + "/events.jsonl"
    self.bytesMax = bytesMax
    self.executor = executor
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func read() -> Reading {
    do throws(SystemError) {
      let lines = try self.lines()
      let events = lines.compactMap { try? JSONDecoder().decode(DirectorEvent.self, from: Data($0)) }
      let damaged = lines.count - events.count
      return Reading(
        events: events.sorted { $0.id < $1.id },
        warning: damaged == 0 ? nil : "the event history \(path) has lines that cannot be read, left out: \(damaged)")
    } catch {
      if error.errno == ENOENT { return Reading(events: []) }
      let kept = (try? KeptAside.move(path)).map { "; it is kept as \($0)" } ?? ""
      return Reading(events: [], warning: "the event history cannot be read: \(error)\(kept)")
    }
  }

  /// Writes an event behind the others.
  ///
  /// - Throws: ``SystemError``, ENOSPC when the disk is full; the file is as it was then.
  func append(_ event: DirectorEvent) throws {
    let line = Array(try encoder.encode(event)) + [Self.newline]
    guard try append(line) else { return }
    // Half of the room, so that this is seldom.
    var kept: [ArraySlice<UInt8>] = []
    var size = line.count
    for earlier in try lines().reversed() where size + earlier.count < bytesMax / 2 {
      kept.append(earlier)
      size += earlier.count + 1
    }
    let bytes = kept.reversed().flatMap { $0 + [Self.newline] } + line
    try AtomicFile.write(bytes, to: path, permissions: 0o600, followsLinks: false)
  }

  /// - Returns: whether there was no room for the line within the bound.
  private func append(_ line: [UInt8]) throws(SystemError) -> Bool {
    let file = try AppendedFile(path, permissions: 0o600)
    let size = try file.size
    guard size + line.count < bytesMax else { return true }
    try file.append(line, at: size)
    return false
  }

  private func lines() throws(SystemError) -> [ArraySlice<UInt8>] {
    // A line more than the bound is there when somebody else wrote.
    try BoundedFile.read(path, bytesMax: 2 * bytesMax, followsLinks: false).split(separator: Self.newline)
  }
}
