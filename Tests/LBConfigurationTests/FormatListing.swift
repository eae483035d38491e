@testable import LBConfiguration

/// The format's tables as a flat list, for tests that go through all of it.
enum FormatListing {
  /// Each element with the names that lead to it from the outermost one.
  static func elements(of rule: ElementRule, under path: [String] = []) -> [(path: [String], element: ElementRule)] {
    let here = path + [rule.name]
    return [(here, rule)] + rule.children.flatMap { elements(of: $0.element, under: here) }
  }

  /// A value for each attribute that some element requires.
  static let samples = [
    "label": "x", "address": "10.0.0.3", "type": "on", "source": "10.0.0.0/24", "interface": "eth0",
    "command": "/bin/true",
  ]

  /// A document that holds this path, the last element with these attributes.
  static func document(_ path: [String], _ attributes: String) -> String {
    var text = ""
    for (index, name) in path.enumerated() {
      if index == path.count - 1 {
        text += "<\(name)\(attributes)"
      } else if name == "virtual-service" {
        text += "<virtual-service label='v' address='10.0.0.1' ports='80'"
      } else if name == "real-server" {
        text += "<real-server label='r' address='10.0.0.2'"
      } else {
        text += "<\(name)"
      }
      text += ">"
    }
    return text + path.reversed().map { "</\($0)>" }.joined()
  }
}
