/// A statement of a keepalived configuration: its words, and the statements in its braces.
struct KeepalivedStatement: Hashable {
  let line: Int
  let words: [String]
  var children: [KeepalivedStatement] = []

  var name: String { words.first ?? "" }
  /// The word behind the name.
  var value: String? { words.dropFirst().first }

  func first(_ names: String...) -> KeepalivedStatement? { children.last { names.contains($0.name) } }
  func all(_ name: String) -> [KeepalivedStatement] { children.filter { $0.name == name } }
}

/// Reads the lines and braces of keepalived.conf(5), with its parameters and conditional lines.
struct KeepalivedSyntax {
  private(set) var notes: [ImportNote] = []
  /// The blocks that are open, from the outermost inwards.
  private var open: [KeepalivedStatement] = [KeepalivedStatement(line: 1, words: [])]
  private var parameters: [String: String] = [:]
  private static let depthMax = 16
  private static let substitutionsMax = 100

  /// - Throws: ``ImportFault`` for braces that do not match.
  static func statements(of text: String) throws(ImportFault) -> (all: [KeepalivedStatement], notes: [ImportNote]) {
    var reading = KeepalivedSyntax()
    var begun = ""
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let whole = begun + line.trimmed
      if whole.last == "\\" {
        begun = whole.dropLast() + " "
        continue
      }
      begun = ""
      try reading.take(whole, number: index + 1)
    }
    guard reading.open.count == 1 else {
      let last = reading.open[reading.open.count - 1]
      throw ImportFault(line: last.line, message: "'\(last.name) {' has no end")
    }
    return (reading.open[0].children, reading.notes)
  }

  private mutating func take(_ text: String, number: Int) throws(ImportFault) {
    guard let text = chosen(text, number) else { return }
    if text.hasPrefix("$"), let equals = text.firstIndex(of: "=") {
      let name = text[text.index(after: text.startIndex)..<equals]
      if name.allSatisfy(Self.isNamePart) {
        parameters[String(name)] = String(text[text.index(after: equals)...])
        return
      }
    }
    var words: [String] = []
    for word in Self.words(of: substituted(text)) {
      switch word {
      case .open:
        if words.isEmpty, let previous = open[open.count - 1].children.popLast() { words = previous.words }
        guard open.count <= Self.depthMax else { throw ImportFault(line: number, message: "braces are too deep") }
        open.append(KeepalivedStatement(line: number, words: words))
        words = []
      case .close:
        add(words, number)
        words = []
        guard open.count > 1, let closed = open.popLast() else {
          throw ImportFault(line: number, message: "a '}' has no '{'")
        }
        open[open.count - 1].children.append(closed)
      case .text(let word): words.append(word)
      }
    }
    add(words, number)
  }

  private mutating func add(_ words: [String], _ line: Int) {
    guard let name = words.first else { return }
    if name == "include" {
      notes.append(ImportNote(line: line, message: "\(words.joined(separator: " ")): import that file by itself"))
    } else {
      open[open.count - 1].children.append(KeepalivedStatement(line: line, words: words))
    }
  }

  /// The line without its condition; nil for one that is for another machine.
  private mutating func chosen(_ text: String, _ line: Int) -> String? {
    guard text.first == "@" else { return text }
    let condition = text.prefix { !$0.isWhitespace }
    let rest = String(text.dropFirst(condition.count).trimmed)
    guard !condition.hasPrefix("@^") else { return rest }
    notes.append(ImportNote(line: line, message: "\(condition) is left out: \(rest)"))
    return nil
  }

  private func substituted(_ text: String) -> String {
    var text = text
    for _ in 0..<Self.substitutionsMax {
      guard let (range, value) = parameter(in: text) else { break }
      text.replaceSubrange(range, with: value)
      if text.utf8.count > 1 << 16 { break }
    }
    return text
  }

  /// The first `$NAME` or `${NAME}` that is defined.
  private func parameter(in text: String) -> (Range<String.Index>, String)? {
    for start in text.indices where text[start] == "$" {
      let rest = text[text.index(after: start)...]
      let name = rest.first == "{" ? rest.dropFirst().prefix { $0 != "}" } : rest.prefix(while: Self.isNamePart)
      guard let value = parameters[String(name)] else { continue }
      let end = rest.first == "{" && name.endIndex < text.endIndex ? text.index(after: name.endIndex) : name.endIndex
      return (start..<end, value)
    }
    return nil
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }

  private enum Word {
    case text(String)
    case open
    case close
  }

  /// Up to the comment; quoted words keep their blanks.
  private static func words(of text: String) -> [Word] {
    var words: [Word] = []
    var rest = Substring(text)
    while let first = rest.first {
      switch first {
      case _ where first.isWhitespace: rest = rest.dropFirst()
      case "#", "!": return words
      case "{":
        words.append(.open)
        rest = rest.dropFirst()
      case "}":
        words.append(.close)
        rest = rest.dropFirst()
      case "\"", "'":
        let quoted = rest.dropFirst().prefix { $0 != first }
        words.append(.text(String(quoted)))
        rest = rest.dropFirst(quoted.count + 2)
      default:
        let word = rest.prefix { !$0.isWhitespace && $0 != "{" && $0 != "}" }
        words.append(.text(String(word)))
        rest = rest.dropFirst(word.count)
      }
    }
    return words
  }
}
