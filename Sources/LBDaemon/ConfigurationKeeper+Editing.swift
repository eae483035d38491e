import ControlAPI
import LBConfiguration

extension ConfigurationKeeper {
  /// Whether what was read runs already.
  func runs(_ reading: ConfigurationReading) -> Bool {
    status.runsFrom == .files && status.errors.isEmpty && reading.holds(running)
  }

  /// Whether what was read is to be left alone, though it does not run.
  func passesOver(_ reading: ConfigurationReading) -> Bool {
    passedOver.map(reading.holds) ?? false
  }

  func prepare(_ edit: ConfigurationEdit, ifAbsent: Bool) throws(EditError) -> PreparedEdit {
    if let absence, sources.paths().paths.isEmpty { throw .configuration(absence) }
    return try sources.prepare(edit, ifAbsent: ifAbsent)
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
  /// Where they cannot be written, they are to run all the same.
  func restoreUnconfirmed() -> Restoration {
    let files: [SourceFile]
    do throws(EditError) {
      guard let kept = try pending.files() else { return Restoration() }
      files = kept
    } catch {
      return Restoration(
        warning: "the configuration files to go back to cannot be read, those in place run: \(error)")
    }
    do throws(EditError) {
      try sources.restore(files)
    } catch {
      return Restoration(unwritten: UnwrittenFiles(files, keptAt: pending.path, cause: error))
    }
    pending.clear()
    return Restoration(
      warning: "lbd ended before the last reload was confirmed, or amid a rollback: the configuration files are those "
        + "to go back to")
  }
}

extension ConfigurationReading {
  /// Whether these files were read, and no other.
  fileprivate func holds(_ files: [SourceFile]) -> Bool {
    guard case .success(let loaded) = result, loaded.files.count == files.count else { return false }
    return zip(loaded.files, files).allSatisfy { $0.path == $1.path && $0.bytes == $1.bytes }
  }
}
