public import LoadBalancing

/// An edit that has been made in memory and judged, and is yet to be written.
public struct PreparedEdit: Sendable {
  /// The whole configuration after the edit.
  public let loaded: LoadedConfiguration
  /// What an operator should know, a line each.
  public let notes: [String]
  /// The label that becomes another.
  public let renaming: Renaming?
  /// The files before it.
  let original: [SourceFile]
  let changes: [FileChange]

  /// The file that is written; nil when nothing changes in the files.
  public var path: String? { changes.first?.path }

  /// What the edit changes, in an operator's words; nil when the files had mistakes before it.
  public var differences: [ConfigurationDifference]? {
    guard case .success(let before) = ConfigurationLoader.load(files: original) else { return nil }
    return LoadBalancing.differences(from: before.loadBalancer, to: loaded.loadBalancer, renaming: renaming)
  }

  /// The lines that go and those that come, each with its sign: `- old`, `+ new`.
  public var lines: [String] {
    changes.flatMap { change in
      let old = Self.lines(of: change.before ?? [])
      let new = Self.lines(of: change.after)
      let head = zip(old, new).prefix { $0 == $1 }.count
      let tail = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
      let same = min(tail, min(old.count, new.count) - head)
      return old[head..<(old.count - same)].map { "- \($0)" } + new[head..<(new.count - same)].map { "+ \($0)" }
    }
  }

  private static func lines(of bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }
  }
}

/// A file's bytes before and after a change.
struct FileChange: Hashable, Sendable {
  let path: String
  /// nil: the file is not there.
  let before: [UInt8]?
  let after: [UInt8]
}

extension ConfigurationSources {
  /// How often an edit is made anew because somebody else changed the file meanwhile.
  private static let attemptsMax = 8

  /// Reads the files as they are now, makes the edit in memory and judges what comes out; blocks while it reads.
  ///
  /// - Parameter ifAbsent: an `add` of what is there already is no error and changes nothing.
  /// - Throws: ``EditError``; with mistakes in any file the edit is refused.
  public func prepare(_ edit: ConfigurationEdit, ifAbsent: Bool = false) throws(EditError) -> PreparedEdit {
    let (files, unread) = read()
    if let denied = unread.first(where: \.isDenied) { throw .notPermitted("\(denied)") }
    guard unread.isEmpty else { throw .configuration(ConfigurationErrors(problems: unread)) }
    if ifAbsent, try edit.isThereAlready(in: files, mainFile: mainFile) {
      return PreparedEdit(loaded: try judged(files), notes: [], renaming: nil, original: files, changes: [])
    }
    let edited = try edit.applied(to: files, mainFile: mainFile)
    let before = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
    let changes = edited.files.compactMap { file in
      before[file.path] == file.bytes
        ? nil : FileChange(path: file.path, before: before[file.path], after: file.bytes)
    }
    let loaded = try judged(edited.files)
    if let twin = try edit.twin(in: files, after: loaded.loadBalancer) { throw .exists("this health check", twin) }
    return PreparedEdit(
      loaded: loaded, notes: edited.notes, renaming: edit.renaming, original: files, changes: changes)
  }

  /// Writes a prepared edit, unless the file has changed since it was read; blocks while it writes.
  ///
  /// - Returns: false when it has changed; nothing is written then, and the edit is to be prepared anew.
  /// - Throws: ``EditError/notPermitted(_:)``, ``EditError/failed(_:)``; the file is as it was.
  public func write(_ prepared: PreparedEdit) throws(EditError) -> Bool {
    guard !prepared.changes.isEmpty else { return true }
    return try locked { () throws(EditError) in
      for change in prepared.changes where try bytes(of: change.path) != change.before { return false }
      for change in prepared.changes { try write(change.after, to: change.path) }
      return true
    }
  }

  /// Prepares and writes an edit, anew while others change the files; blocks.
  ///
  /// - Parameter dryRun: nothing is written.
  public func edit(
    _ edit: ConfigurationEdit, ifAbsent: Bool = false, dryRun: Bool = false
  ) throws(EditError) -> PreparedEdit {
    for _ in 0..<Self.attemptsMax {
      let prepared = try prepare(edit, ifAbsent: ifAbsent)
      if dryRun { return prepared }
      if try write(prepared) { return prepared }
    }
    throw .busy(path: mainFile ?? dropInDirectory ?? "the configuration")
  }

  private func judged(_ files: [SourceFile]) throws(EditError) -> LoadedConfiguration {
    switch ConfigurationLoader.load(files: files) {
    case .success(let loaded): return loaded
    case .failure(let errors): throw .configuration(errors)
    }
  }
}
