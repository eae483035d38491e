/// An element that is yet to be written.
struct NewElement {
  let name: String
  /// In the order in which they are written.
  var attributes: [(name: String, value: String)] = []
  var children: [NewElement] = []

  /// - Throws: ``EditError/wrongRequest(_:)`` for names that the format does not have.
  init(_ rule: ElementRule, _ change: ElementChange) throws(EditError) {
    name = rule.name
    try rule.refuseUnknown(change)
    attributes = rule.attributes.compactMap { attribute in
      change.attributes[attribute.name].map { (attribute.name, $0) }
    }
    for child in rule.children {
      if let inner = change.inner[child.element.name] { children.append(try NewElement(child.element, inner)) }
    }
  }

  /// The first line without indentation, those after it with.
  func bytes(_ layout: Layout, indentation: [UInt8]) -> [UInt8] {
    var bytes = Array("<\(name)".utf8)
    for (name, value) in attributes { bytes += Self.attribute(name, value) }
    guard !children.isEmpty else { return bytes + Array("/>".utf8) }
    bytes.append(UInt8(ascii: ">"))
    let inner = indentation + layout.unit
    for child in children { bytes += layout.lineEnd + inner + child.bytes(layout, indentation: inner) }
    return bytes + layout.lineEnd + indentation + Array("</\(name)>".utf8)
  }

  /// With the blank before it.
  static func attribute(_ name: String, _ value: String) -> [UInt8] {
    Array(" \(name)=\"".utf8) + escaped(value, quote: UInt8(ascii: "\"")) + [UInt8(ascii: "\"")]
  }

  /// A value as it stands between quotes (XML 1.0, sections 2.3 and 3.3.3).
  static func escaped(_ value: String, quote: UInt8) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: "\"") where quote == byte: bytes += "&quot;".utf8
      case UInt8(ascii: "'") where quote == byte: bytes += "&apos;".utf8
      // As they are, a reader would turn them into blanks.
      case 0x09, 0x0A, 0x0D: bytes += "&#\(byte);".utf8
      default: bytes.append(byte)
      }
    }
    return bytes
  }
}

extension ElementRule {
  /// - Throws: ``EditError/wrongRequest(_:)`` for a name that the element does not have.
  func refuseUnknown(_ change: ElementChange) throws(EditError) {
    let attributes = attributes.map(\.name)
    let inner = children.map(\.element.name)
    for name in change.attributes.keys.sorted() where !attributes.contains(name) {
      throw .wrongRequest("\(self.name) has no attribute '\(name)'\(Guess.phrase(for: name, among: attributes))")
    }
    for name in change.inner.keys.sorted() where !inner.contains(name) {
      throw .wrongRequest("\(self.name) holds no '\(name)'\(Guess.phrase(for: name, among: inner))")
    }
    for name in change.removed.sorted() where !(attributes + inner).contains(name) {
      throw .wrongRequest("\(self.name) has no '\(name)'\(Guess.phrase(for: name, among: attributes + inner))")
    }
  }
}
