/// Finds the word that somebody meant.
enum Guess {
  /// The nearest of the words; nil when none is near: one slip in three letters, at most two.
  static func nearest(to text: String, among words: [String]) -> String? {
    let typed = Array(text.lowercased().utf8.prefix(64))
    var best: (word: String, slips: Int)?
    for word in words where !word.isEmpty {
      let slips = distance(typed, Array(word.lowercased().utf8))
      guard slips <= min(2, max(1, word.utf8.count / 3)), slips < word.utf8.count else { continue }
      if slips < best?.slips ?? .max { best = (word, slips) }
    }
    return best?.word
  }

  /// How a guess is put at the end of a message; empty when there is none.
  static func phrase(for text: String, among words: [String]) -> String {
    nearest(to: text, among: words).map { "; did you mean `\($0)`?" } ?? ""
  }

  /// The optimal string alignment distance: letters added, dropped, replaced, or neighbours swapped.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard abs(left.count - right.count) <= 2 else { return .max }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var slips = min(
          last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          slips = min(slips, beforeLast[column - 1] + 1)
        }
        current.append(slips)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
