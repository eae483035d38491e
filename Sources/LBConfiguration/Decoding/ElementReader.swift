/// What an attribute holds.
enum Reading<Value: Sendable>: Sendable {
  case absent
  /// It is there, and its problem is reported.
  case wrong
  case value(Value)

  /// The value, or the default when it is absent; nil when it is wrong.
  func or(_ standard: Value) -> Value? {
    switch self {
    case .absent: standard
    case .wrong: nil
    case .value(let value): value
    }
  }

  var value: Value? { if case .value(let value) = self { value } else { nil } }
  var isAbsent: Bool { if case .absent = self { true } else { false } }
}

/// Reads an element by its rules and reports what is wrong with it.
///
/// A class because every decoder keeps it: a reference is cheaper to pass on than the element's parts.
final class ElementReader {
  let element: ScannedElement
  let file: String
  let problems: ProblemCollector
  /// The reader of the element that holds this one; none for those in the outermost element.
  private let around: [ElementReader]

  convenience init(_ element: ScannedElement, file: String, problems: ProblemCollector) {
    self.init(element, file: file, around: [], problems: problems)
  }

  private init(_ element: ScannedElement, file: String, around: [ElementReader], problems: ProblemCollector) {
    self.element = element
    self.file = file
    self.around = around
    self.problems = problems
  }

  /// This element and those around it, for messages: `real-server 'A' of virtual-service 'B'`.
  var place: String {
    let name = element.attribute("label").map { "\(element.name) '\(quotable($0.value))'" } ?? element.name
    return around.first.map { "\(name) of \($0.place)" } ?? name
  }

  var location: SourceLocation { SourceLocation(file: file, line: element.line) }

  /// Readers for the children of this name, in file order.
  func children(_ rule: ElementRule) -> [ElementReader] {
    let around = element.name == ElementRule.loadBalancer.name ? [] : [self]
    return element.children.lazy.filter { $0.name == rule.name }.map { child in
      ElementReader(child, file: file, around: around, problems: problems)
    }
  }

  /// The first child of this name; a second one is reported by ``checkStructure(_:)``.
  func child(_ rule: ElementRule) -> ElementReader? { children(rule).first }

  /// Reads an attribute and reports a wrong value at its line.
  func read<Value>(_ attribute: Attribute<Value>) -> Reading<Value> {
    guard let found = element.attribute(attribute.name) else { return .absent }
    do throws(SyntaxFault) {
      return .value(try attribute.syntax.read(found.value))
    } catch {
      report(error, in: found, allowed: attribute.syntax.allowed, words: attribute.syntax.words)
      return .wrong
    }
  }

  /// Checks an attribute whose value nobody reads yet.
  func check(_ rule: AttributeRule) {
    guard let found = element.attribute(rule.name), let fault = rule.fault(found.value) else { return }
    report(fault, in: found, allowed: rule.allowed, words: rule.words)
  }

  private func report(_ fault: SyntaxFault, in found: ScannedAttribute, allowed: String, words: [String]) {
    let guess = Guess.phrase(for: found.value, among: words)
    report(attribute: found.name, "\(fault.reason); allowed: \(allowed)\(guess)")
  }

  func has<Value>(_ attribute: Attribute<Value>) -> Bool { element.attribute(attribute.name) != nil }

  /// Reports a problem with an attribute's value, at the attribute's line.
  func report<Value>(_ attribute: Attribute<Value>, _ message: String) {
    report(attribute: attribute.name, message)
  }

  /// Reports a problem with the value of the attribute of this name, at the attribute's line.
  func report(attribute name: String, _ message: String) {
    guard let found = element.attribute(name) else { return report(message) }
    problems.report(file, line: found.line, "\(place): \(name)=\"\(found.shownValue)\" \(message)")
  }

  /// Reports a problem with the element as a whole, at its line.
  func report(_ message: String) { problems.report(file, line: element.line, "\(place): \(message)") }

  func location<Value>(of attribute: Attribute<Value>) -> SourceLocation {
    SourceLocation(file: file, line: element.attribute(attribute.name)?.line ?? element.line)
  }
}

extension ScannedAttribute {
  /// The value for a message; never a password or secret, also where the name has a typo.
  var shownValue: String {
    let name = name.lowercased()
    return !value.isEmpty && ["pas", "secr"].contains(where: name.contains) ? "(hidden)" : quotable(value)
  }
}

/// A text for a message: short, and without characters that would break its line.
func quotable(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
  var quoted = String.UnicodeScalarView()
  quoted.append(contentsOf: shown)
  return text.unicodeScalars.count > 80 ? String(quoted) + "…" : String(quoted)
}
