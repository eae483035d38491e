/// How a document is laid out: its line ends and the depth of its indentation.
struct Layout {
  let lineEnd: [UInt8]
  /// What one level of nesting adds.
  let unit: [UInt8]

  init(of document: ScannedDocument) {
    let bytes = document.bytes
    let first = bytes.firstIndex(of: 0x0A)
    let isWindows = first.map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false
    lineEnd = isWindows ? [0x0D, 0x0A] : [0x0A]
    unit = Self.unit(in: document.root, document) ?? [0x20, 0x20]
  }

  /// By the first element that stands deeper than the one around it.
  private static func unit(in element: ScannedElement, _ document: ScannedDocument) -> [UInt8]? {
    let own = document.indentation(of: element) ?? []
    for child in element.children {
      if let inner = document.indentation(of: child), inner.count > own.count, inner.starts(with: own) {
        return Array(inner.dropFirst(own.count))
      }
    }
    return element.children.lazy.compactMap { unit(in: $0, document) }.first
  }
}

extension ScannedDocument {
  /// The blanks before an element, from the first line end among them; all of them where there is none.
  func lead(of element: ScannedElement) -> Range<Int> {
    let end = element.startTag.lowerBound
    var start = end
    while start > 0, isBlank(bytes[start - 1]) { start -= 1 }
    return (firstLineEnd(in: start..<end) ?? start)..<end
  }

  /// The blanks between the line's start and the element; nil when something else stands before it.
  func indentation(of element: ScannedElement) -> [UInt8]? {
    let lead = lead(of: element)
    guard let last = bytes[lead].lastIndex(of: 0x0A) else { return nil }
    return Array(bytes[(last + 1)..<lead.upperBound])
  }

  /// Where the line ends when only blanks and whole comments follow; nil when something else does.
  func lineEnd(after position: Int) -> Int? {
    var position = position
    while position < bytes.count {
      if bytes[position] == 0x20 || bytes[position] == 0x09 {
        position += 1
      } else if isLineEnd(position) {
        return position
      } else if let end = commentEnd(at: position) {
        position = end
      } else {
        return nil
      }
    }
    return position
  }

  /// The first line end, a carriage return before it included.
  func firstLineEnd(in range: Range<Int>) -> Int? {
    range.first { isLineEnd($0) }
  }

  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private func isLineEnd(_ position: Int) -> Bool {
    bytes[position] == 0x0A || bytes[position] == 0x0D
  }

  /// Of a comment that begins here and ends on the same line.
  private func commentEnd(at start: Int) -> Int? {
    guard bytes[start...].starts(with: "<!--".utf8) else { return nil }
    var position = start + 4
    while position + 2 < bytes.count, !isLineEnd(position) {
      if bytes[position...].starts(with: "-->".utf8) { return position + 3 }
      position += 1
    }
    return nil
  }
}
