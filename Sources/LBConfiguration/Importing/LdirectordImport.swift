import LoadBalancing

/// Reads ldirectord's configuration, by ldirectord(8).
struct LdirectordImport {
  /// A directive with its line; the value without quotes.
  struct Directive {
    let name: String
    let value: String
    let line: Int
  }

  /// A line `virtual=…` and the indented lines below it.
  struct Section {
    let head: Directive
    var directives: [Directive] = []

    /// The last one counts, as in the program.
    func value(_ name: String) -> String? { directives.last { $0.name == name }?.value }
  }

  private var globals: [Directive] = []
  private var sections: [Section] = []

  static func draft(of text: String) throws(ImportFault) -> DraftConfiguration {
    var reading = LdirectordImport()
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      try reading.take(line, number: index + 1)
    }
    var draft = DraftConfiguration()
    reading.readGlobals(into: &draft)
    for section in reading.sections {
      let service = LdirectordService(section: section, globals: reading.globals)
      if let service = service.draft(notes: &draft.notes) { draft.services.append(service) }
    }
    draft.moveClientsOfQuiescentServers()
    return draft
  }

  private mutating func take(_ line: Substring, number: Int) throws(ImportFault) {
    let isIndented = line.first == " " || line.first == "\t"
    let text = line.prefix { $0 != "#" }.trimmed
    guard !text.isEmpty else { return }
    guard let directive = Self.directive(text, number) else {
      throw ImportFault(line: number, message: "'\(text.prefix(60))' is no directive of ldirectord")
    }
    switch directive.name {
    case "virtual", "virtual6": sections.append(Section(head: directive))
    case _ where !isIndented: globals.append(directive)
    default:
      guard !sections.isEmpty else {
        throw ImportFault(line: number, message: "an indented line stands before every virtual")
      }
      sections[sections.count - 1].directives.append(directive)
    }
  }

  /// `name = value`; `supervised` alone is one too.
  private static func directive(_ text: Substring, _ number: Int) -> Directive? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts[0].trimmed
    guard name.first?.isLetter == true, name.allSatisfy({ $0.isLetter || $0.isNumber }),
      parts.count == 2 || name == "supervised"
    else { return nil }
    let value = parts.count == 2 ? parts[1].trimmed : ""
    // A real server's line has quotes of its own.
    let isQuoted = value.count > 1 && value.first == "\"" && value.last == "\"" && !name.hasPrefix("real")
    return Directive(name: String(name), value: String(isQuoted ? value.dropFirst().dropLast() : value), line: number)
  }

  /// What virtual services take as their default, and what lbd does by itself.
  private static let served: Set = [
    "checktimeout", "negotiatetimeout", "checkinterval", "failurecount", "fallback", "fallback6", "quiescent",
    "autoreload", "supervised",
  ]

  private func readGlobals(into draft: inout DraftConfiguration) {
    for directive in globals where !Self.served.contains(directive.name) {
      draft.note("\(directive.name) has no equivalent", line: directive.line)
    }
    if globals.last(where: { $0.name == "autoreload" })?.value == "no" { draft.global.attributes["watch"] = "no" }
  }
}

extension DraftConfiguration {
  /// A failed server of weight 0 must not keep its persistent clients: lbd wants that said.
  mutating func moveClientsOfQuiescentServers() {
    let first = services.first { $0.attributes["on-failure"] == "quiesce" && !$0.children(.persistence).isEmpty }
    guard let first else { return }
    var draining = Draft(.draining, line: first.line, ["persistent-clients": "move"])
    draining.note("lbd sends the persistent clients of failed and of drained servers to others")
    global.children.append(draining)
  }
}
