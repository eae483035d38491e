/// An element that an import makes: attributes and inner elements as in the file, and comments before it.
struct Draft: Hashable {
  let rule: ElementRule
  /// Where it comes from in the other program's file.
  let line: Int
  var attributes: [String: String]
  var children: [Draft] = []
  var notes: [ImportNote] = []

  init(_ rule: ElementRule, line: Int, _ attributes: [String: String?] = [:]) {
    self.rule = rule
    self.line = line
    self.attributes = attributes.compactMapValues { $0 }
  }

  static func == (left: Draft, right: Draft) -> Bool {
    left.rule.name == right.rule.name && left.attributes == right.attributes && left.children == right.children
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(rule.name)
    hasher.combine(attributes)
    hasher.combine(children)
  }

  mutating func note(_ message: String, line: Int? = nil) {
    notes.append(ImportNote(line: line ?? self.line, message: message))
  }

  var allNotes: [ImportNote] { notes + children.flatMap(\.allNotes) }

  func children(_ rule: ElementRule) -> [Draft] { children.filter { $0.rule.name == rule.name } }

  /// In the order of the format.
  func lines(indentation: String = "  ") -> [String] {
    let names = rule.attributes.map(\.name).filter { attributes[$0] != nil }
    let written = names.map { name in
      String(decoding: NewElement.attribute(name, attributes[name] ?? ""), as: UTF8.self)
    }
    let tag = "\(indentation)<\(rule.name)\(written.joined())"
    let comments = notes.map { indentation + Self.comment($0.description) }
    guard !children.isEmpty else { return comments + [tag + "/>"] }
    let inner = rule.children.flatMap { children($0.element) }.flatMap { $0.lines(indentation: indentation + "  ") }
    return comments + [tag + ">"] + inner + ["\(indentation)</\(rule.name)>"]
  }

  /// Two hyphens would end a comment (XML 1.0, section 2.5), and control characters are no text.
  static func comment(_ text: String) -> String {
    var words = ""
    for scalar in text.unicodeScalars {
      if scalar == "-", words.last == "-" { words += " " }
      words.unicodeScalars.append(
        scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF ? " " : scalar)
    }
    return "<!-- \(words) -->"
  }
}

/// A whole configuration that an import makes.
struct DraftConfiguration {
  var notes: [ImportNote] = []
  var global = Draft(.global, line: 1)
  var floatingIPs: [Draft] = []
  var services: [Draft] = []

  mutating func note(_ message: String, line: Int) { notes.append(ImportNote(line: line, message: message)) }

  var allNotes: [ImportNote] { notes + (globals + floatingIPs + services).flatMap(\.allNotes) }

  private var globals: [Draft] { global.attributes.isEmpty && global.children.isEmpty ? [] : [global] }

  func text(heading: String) -> String {
    let comments = notes.map { "  " + Draft.comment($0.description) }
    var blocks = [comments, globals.flatMap { $0.lines() }, floatingIPs.flatMap { $0.lines() }]
    blocks += services.map { $0.lines() }
    let body = blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(Draft.comment(heading))\n<load-balancer version=\"1\">\n"
      + (body.isEmpty ? "" : body + "\n") + "</load-balancer>\n"
  }
}
