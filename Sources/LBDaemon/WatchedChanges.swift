import LBConfiguration

/// What the watch applied by itself of late, so that a reload that is to be confirmed can take it back too.
struct WatchedChanges {
  /// More than these within the time of a confirmation is no hand at a keyboard.
  private static let changesMax = 100

  /// Oldest first; `at` in seconds since 1970.
  private var changes: [(at: Double, before: [SourceFile])] = []

  mutating func add(at: Double, before: [SourceFile]) {
    changes.append((at, before))
    changes.removeFirst(max(0, changes.count - Self.changesMax))
  }

  /// The files that ran before the first change since that moment; nil when there was none.
  func filesBefore(changesSince moment: Double) -> [SourceFile]? { changes.first { $0.at >= moment }?.before }
}
