import LoadBalancing

extension UnsupportedYet {
  /// Reports every use of the rows in an element and all that it holds.
  static func report(_ rows: [UnsupportedYet], in root: ElementReader) {
    guard !rows.isEmpty else { return }
    report(Dictionary(grouping: rows, by: \.element), ElementRule.loadBalancer, root)
  }

  private static func report(_ rows: [String: [UnsupportedYet]], _ rule: ElementRule, _ reader: ElementReader) {
    for row in rows[rule.name] ?? [] { row.report(in: reader) }
    for child in rule.children {
      for reader in reader.children(child.element) { report(rows, child.element, reader) }
    }
  }

  private func report(in reader: ElementReader) {
    switch subject {
    case .element: reader.report("\(element) is not supported yet")
    case .attribute(let name, let served):
      guard let value = reader.element.attribute(name)?.value, !served.contains(value) else { return }
      // A value that is no value at all has a problem of its own.
      if let rule = ElementRule.rule(named: element)?.attribute(name), rule.fault(value) != nil { return }
      let remedy = served.isEmpty ? "" : "; supported: \(served.joined(separator: ", "))"
      reader.report(attribute: name, "is not supported yet\(remedy)")
    }
  }
}

extension ElementRule {
  /// The first rule of this name in the format; those that the table asks for stand once.
  fileprivate static func rule(named name: String) -> ElementRule? { byName[name] }

  private static let byName: [String: ElementRule] = {
    var rules: [String: ElementRule] = [:]
    func add(_ rule: ElementRule) {
      rules[rule.name] = rule
      rule.children.forEach { add($0.element) }
    }
    add(.loadBalancer)
    return rules
  }()
}
