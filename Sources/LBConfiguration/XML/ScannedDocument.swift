/// A document as it stands in the file: every part knows its bytes, so that an edit is a splice of bytes.
struct ScannedDocument: Sendable {
  let bytes: [UInt8]
  let root: ScannedElement
  /// What stands between `<!--` and `-->`, in order.
  let comments: [Range<Int>]

  /// The bytes of a part as text.
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// An element and where its parts stand; ranges count bytes from the start of the file.
struct ScannedElement: Sendable {
  let name: String
  /// From `<` to the end of the start tag's `>`.
  var startTag: Range<Int>
  /// The name in the start tag.
  let nameRange: Range<Int>
  /// Where the name stands, counted from 1.
  let line: Int
  var attributes: [ScannedAttribute] = []
  /// Between start tag and end tag; nil when the element is written `<name/>`.
  var content: Range<Int>?
  /// From `</` to `>`; nil when the element is written `<name/>`.
  var endTag: Range<Int>?
  var children: [ScannedElement] = []
  /// The first text that is not blank.
  var text: ScannedText?

  /// The whole element, tags included.
  var range: Range<Int> { startTag.lowerBound..<(endTag ?? startTag).upperBound }

  func attribute(_ name: String) -> ScannedAttribute? { attributes.first { $0.name == name } }
}

/// An attribute and where its parts stand.
struct ScannedAttribute: Sendable {
  let name: String
  /// With references replaced and line ends turned into blanks (XML 1.0, section 3.3.3).
  let value: String
  let nameRange: Range<Int>
  /// Between the quotes.
  let valueRange: Range<Int>
  /// `"` or `'`.
  let quote: UInt8
  /// Where the name stands, counted from 1.
  let line: Int

  /// From the name to the closing quote.
  var range: Range<Int> { nameRange.lowerBound..<(valueRange.upperBound + 1) }
}

/// A piece of text between elements.
struct ScannedText: Sendable {
  let range: Range<Int>
  /// Where its first character that is not blank stands.
  let line: Int
}
