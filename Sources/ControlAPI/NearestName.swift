/// Finds the name that somebody probably meant.
public enum NearestName {
  /// The nearest of `names`, or nil when none is near.
  ///
  /// Near is: the same but for case, a beginning or a part of three letters or more, or a few edits away: one for
  /// every three letters. Of equally near ones the first is taken.
  public static func find(_ name: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    var best: (name: String, distance: Int)?
    for candidate in names {
      let letters = Array(candidate.lowercased().utf8)
      guard let distance = distance(from: wanted, to: letters) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
  }

  private static func distance(from wanted: [UInt8], to letters: [UInt8]) -> Int? {
    let edits = edits(from: wanted, to: letters)
    if edits <= max(1, wanted.count / 3) { return edits }
    guard wanted.count >= 3, letters.count >= 3 else { return nil }
    return contains(letters, wanted) || contains(wanted, letters) ? edits : nil
  }

  private static func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= whole.count else { return false }
    return (0...(whole.count - part.count)).contains { whole[$0...].starts(with: part) }
  }

  /// Insertions, deletions and replacements (Levenshtein).
  private static func edits(from old: [UInt8], to new: [UInt8]) -> Int {
    var row = Array(0...new.count)
    for (index, letter) in old.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in new.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[new.count]
  }
}
