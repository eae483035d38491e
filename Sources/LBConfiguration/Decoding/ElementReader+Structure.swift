extension ElementReader {
  /// Reports whatever the rule does not know: attributes, elements, text; and required attributes that are missing,
  /// and elements that stand there twice.
  ///
  /// - Parameters:
  ///   - rule: what may stand here.
  ///   - attributes: those that may stand here instead of the rule's own.
  func checkStructure(_ rule: ElementRule, attributes: [AttributeRule]? = nil) {
    let attributes = attributes ?? rule.attributes
    for attribute in element.attributes where !attributes.contains(where: { $0.name == attribute.name }) {
      reportUnknown(attribute, among: attributes)
    }
    for attribute in attributes where attribute.isRequired && element.attribute(attribute.name) == nil {
      report("the attribute \(attribute.name) is missing; allowed: \(attribute.allowed)")
    }
    checkChildren(rule)
    if let text = element.text {
      problems.report(file, line: text.line, "\(place): text is not allowed here")
    }
  }

  private func reportUnknown(_ attribute: ScannedAttribute, among attributes: [AttributeRule]) {
    let names = attributes.map(\.name)
    let allowed = names.isEmpty ? "it has none" : "allowed: \(names.joined(separator: ", "))"
    let guess = Guess.phrase(for: attribute.name, among: names)
    problems.report(
      file, line: attribute.line,
      "\(place): unknown attribute \(quotable(attribute.name))=\"\(attribute.shownValue)\"; \(allowed)\(guess)")
  }

  private func checkChildren(_ rule: ElementRule) {
    var first: [String: Int] = [:]
    for child in element.children {
      guard let known = rule.child(child.name) else {
        reportUnknown(child, among: rule.children.map(\.element.name))
        continue
      }
      guard !known.mayRepeat else { continue }
      if let line = first[child.name] {
        problems.report(
          file, line: child.line,
          "\(place): a second \(child.name); only one is allowed, the first is at \(file):\(line)")
      } else {
        first[child.name] = child.line
      }
    }
  }

  private func reportUnknown(_ child: ScannedElement, among names: [String]) {
    let allowed = names.isEmpty ? "no element is allowed here" : "allowed: \(names.joined(separator: ", "))"
    let guess = Guess.phrase(for: child.name, among: names)
    problems.report(
      file, line: child.line, "\(place): unknown element <\(quotable(child.name))>; \(allowed)\(guess)")
  }
}
