extension DocumentEditor {
  /// Makes an element what a change says.
  ///
  /// - Throws: ``EditError/wrongRequest(_:)`` for names that the format does not have, and where several inner elements
  ///   could be meant.
  mutating func change(_ path: Path, _ rule: ElementRule, _ change: ElementChange) throws(EditError) {
    try rule.refuseUnknown(change)
    do throws(XMLFault) {
      for name in change.removed.sorted() {
        if rule.attribute(name) != nil { try removeAttribute(name, at: path) } else { try removeAll(name, in: path) }
      }
      for attribute in rule.attributes {
        if let value = change.attributes[attribute.name] { try set(attribute.name, to: value, at: path) }
      }
    } catch {
      throw .wrongRequest(error.message)
    }
    for child in rule.children {
      if let inner = change.inner[child.element.name] { try self.change(child.element, in: path, rule, inner) }
    }
  }

  private mutating func change(
    _ child: ElementRule, in path: Path, _ rule: ElementRule, _ change: ElementChange
  ) throws(EditError) {
    let parent = element(at: path)
    let indices = parent.children.indices.filter { parent.children[$0].name == child.name }
    guard let index = indices.first else { return try add(child, to: path, rule, change) }
    guard indices.count == 1 else {
      throw .wrongRequest(
        "there are \(indices.count) elements \(child.name); name one by its number with 'lbctl check edit'")
    }
    try self.change(path + [index], child, change)
  }

  /// Puts a new element into another.
  mutating func add(
    _ child: ElementRule, to path: Path, _ rule: ElementRule, _ change: ElementChange
  ) throws(EditError) {
    let new = try NewElement(child, change)
    do throws(XMLFault) {
      try insert(new, into: path, rule)
    } catch {
      throw .wrongRequest(error.message)
    }
  }

  private mutating func removeAll(_ name: String, in path: Path) throws(XMLFault) {
    while let index = element(at: path).children.lastIndex(where: { $0.name == name }) {
      try remove(path + [index])
    }
  }
}
