/// The names and values after a target's question mark.
struct Query {
  private let values: [String: String]

  init(_ text: Substring) throws(APIError) {
    var values: [String: String] = [:]
    for part in text.split(separator: "&") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, let name = PercentEncoding.decode(sides[0]), let value = PercentEncoding.decode(sides[1])
      else { throw .malformedRequest("'\(part)' in the query is no NAME=VALUE") }
      guard values.updateValue(value, forKey: name) == nil else {
        throw .malformedRequest("'\(name)' is twice in the query")
      }
    }
    self.values = values
  }

  func number(_ name: String) throws(APIError) -> UInt64? {
    guard let text = values[name] else { return nil }
    guard let number = UInt64(text) else { throw .malformedRequest("\(name)=\(text) is no number") }
    return number
  }

  func text(_ name: String) -> String? { values[name] }

  func flag(_ name: String) throws(APIError) -> Bool {
    guard let text = values[name] else { return false }
    guard let flag = Bool(text) else { throw .malformedRequest("\(name)=\(text) is neither true nor false") }
    return flag
  }

  /// A misspelt `dryRun`, or one where none is known, must never become the real thing.
  func allow(only names: Set<String>) throws(APIError) {
    for name in values.keys.sorted() where !names.contains(name) {
      throw .malformedRequest("'\(name)' in the query is unknown")
    }
  }
}
