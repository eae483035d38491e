import Glibc

/// One line of JSON on standard output, keys in the order given.
struct JSONLine {
  private var text = "{"

  init(_ event: String) { add("event", event) }

  mutating func add(_ key: String, _ value: Int) { addRaw(key, String(value)) }

  mutating func add(_ key: String, _ value: String) { addRaw(key, JSONLine.quoted(value)) }

  mutating func add(_ key: String, _ counts: [String: Int]) {
    let items = counts.sorted { $0.key < $1.key }.map { JSONLine.quoted($0.key) + ":" + String($0.value) }
    addRaw(key, "{" + items.joined(separator: ",") + "}")
  }

  private mutating func addRaw(_ key: String, _ value: String) {
    if text.utf8.count > 1 { text += "," }
    text += "\"\(key)\":\(value)"
  }

  func print() { write(text + "}\n", to: STDOUT_FILENO) }

  private static func quoted(_ value: String) -> String {
    var quoted = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: if scalar.value >= 32 { quoted.unicodeScalars.append(scalar) }
      }
    }
    return quoted + "\""
  }
}
