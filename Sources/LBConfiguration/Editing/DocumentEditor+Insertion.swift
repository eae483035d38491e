extension DocumentEditor {
  /// Puts a new element behind the last of its kind, or where its kind belongs; laid out like its neighbours.
  ///
  /// - Parameters:
  ///   - path: the element that gets it.
  ///   - rule: that element's, for the order of its children.
  mutating func insert(_ new: NewElement, into path: Path, _ rule: ElementRule) throws(XMLFault) {
    let parent = element(at: path)
    let order = rule.children.map(\.element.name)
    let rank = order.firstIndex(of: new.name) ?? order.count
    let anchor = parent.children.last { (order.firstIndex(of: $0.name) ?? 0) <= rank }
    guard let neighbour = parent.children.last(where: { $0.name == new.name }) ?? anchor ?? parent.children.first
    else { return try insertFirst(new, into: parent) }
    var separator = document.bytes[document.lead(of: neighbour)]
    if neighbour.name != new.name, let last = lastLine(of: separator) { separator = separator[last...] }
    let end = (anchor?.range ?? parent.startTag).upperBound
    let position = separator.contains(0x0A) ? document.lineEnd(after: end) ?? end : end
    let indentation = document.indentation(of: neighbour) ?? []
    try replace(
      position..<position, with: Array(separator) + new.bytes(Layout(of: document), indentation: indentation))
  }

  /// Puts a copy of an element behind it, with the same blanks before it.
  ///
  /// - Returns: the way to the copy.
  mutating func copy(_ path: Path) throws(XMLFault) -> Path {
    let original = element(at: path)
    let separator = document.bytes[document.lead(of: original)]
    let end = original.range.upperBound
    let position = separator.contains(0x0A) ? document.lineEnd(after: end) ?? end : end
    try replace(position..<position, with: Array(separator + document.bytes[original.range]))
    var copy = path
    if let last = copy.popLast() { copy.append(last + 1) }
    return copy
  }

  private mutating func insertFirst(_ new: NewElement, into parent: ScannedElement) throws(XMLFault) {
    let layout = Layout(of: document)
    let own = document.indentation(of: parent) ?? []
    let line = layout.lineEnd + own + layout.unit + new.bytes(layout, indentation: own + layout.unit)
    let bytes = document.bytes
    guard let content = parent.content else {
      // Behind the last of the tag that is neither blank nor `/>`.
      var end = parent.startTag.upperBound - 2
      while document.isBlank(bytes[end - 1]) { end -= 1 }
      return try replace(
        end..<parent.startTag.upperBound,
        with: [UInt8(ascii: ">")] + line + layout.lineEnd + own + Array("</\(parent.name)>".utf8))
    }
    let text = bytes[content].lastIndex { !document.isBlank($0) }.map { $0 + 1 } ?? content.lowerBound
    if let position = document.firstLineEnd(in: text..<content.upperBound) {
      try replace(position..<position, with: line)
    } else {
      try replace(text..<content.upperBound, with: line + layout.lineEnd + own)
    }
  }

  /// Where the last line end among blanks is, a carriage return before it included.
  private func lastLine(of blanks: ArraySlice<UInt8>) -> Int? {
    guard let last = blanks.lastIndex(of: 0x0A) else { return nil }
    return last > blanks.startIndex && blanks[last - 1] == 0x0D ? last - 1 : last
  }
}
