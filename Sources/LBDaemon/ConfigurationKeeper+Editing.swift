import ControlAPI
import LBConfiguration

extension ConfigurationKeeper {
  /// Whether what was read runs already.
  func runs(_ reading: ConfigurationReading) -> Bool {
    guard status.runsFrom == .files, status.errors.isEmpty, case .success(let loaded) = reading.result,
      loaded.files.count == running.count
    else { return false }
    return zip(loaded.files, running).allSatisfy { $0.path == $1.path && $0.bytes == $1.bytes }
  }

  func prepare(_ edit: ConfigurationEdit, ifAbsent: Bool) throws(EditError) -> PreparedEdit {
    try sources.prepare(edit, ifAbsent: ifAbsent)
  }

  /// - Returns: false when the file has changed since the edit was prepared.
  func write(_ prepared: PreparedEdit) throws(EditError) -> Bool { try sources.write(prepared) }

  /// The configuration that ran so many configurations ago; nil when the history does not go back so far.
  func files(back: UInt64) throws(ConfigurationHistoryError) -> [SourceFile]? {
    let entries = Array(try history.list().reversed())
    guard let index = Int(exactly: back), entries.indices.contains(index) else { return nil }
    return try history.files(of: entries[index])
  }

  func historyEntries() throws(ConfigurationHistoryError) -> [HistoryEntry] {
    try history.list().reversed().enumerated().map { back, entry in
      HistoryEntry(
        back: back, appliedAt: history.appliedAt(entry).map(Timestamp.init(seconds:)),
        files: ((try? history.files(of: entry)) ?? []).map(\.path))
    }
  }

  /// Makes the files on disk those of an earlier configuration; a crash on the way is made good at the next start.
  ///
  /// - Throws: ``EditError``; what a crash would have brought back before, it brings back still then.
  func restore(_ files: [SourceFile]) throws(EditError) {
    let waiting = try? pending.files()
    try pending.save(files)
    do throws(EditError) {
      try sources.restore(files)
    } catch {
      if let waiting { try? pending.save(waiting) } else { pending.clear() }
      throw error
    }
    pending.clear()
  }

  /// From now on a crash brings back these files.
  func expectConfirmation(goingBackTo files: [SourceFile]) throws(EditError) { try pending.save(files) }

  func unconfirmedFiles() throws(EditError) -> [SourceFile]? { try pending.files() }

  func confirmed() { pending.clear() }

  /// At the start: puts back the files of before a change that nobody confirmed.
  ///
  /// - Returns: what an operator should know; nil when nothing waited.
  func restoreUnconfirmed() -> String? {
    do {
      guard let files = try pending.files() else { return nil }
      try sources.restore(files)
      pending.clear()
      return
        "lbd ended before the last reload was confirmed, or amid a rollback: the configuration files are those to go back to"
    } catch {
      return
        "the configuration files to go back to cannot be put back: \(error); see \(pending.path)"
    }
  }
}
