/// Edits a document in place: each change is a splice of its bytes, everything else stays as it is.
struct DocumentEditor {
  /// The way to an element: the index among the children, from the outermost element inwards.
  typealias Path = [Int]

  private(set) var document: ScannedDocument

  init(_ bytes: [UInt8]) throws(XMLFault) { document = try XMLScanner.scan(bytes) }

  var root: ScannedElement { document.root }

  func element(at path: Path) -> ScannedElement {
    path.reduce(root) { $0.children[$1] }
  }

  /// Gives an attribute a value; one that has it already keeps its bytes.
  mutating func set(_ name: String, to value: String, at path: Path) throws(XMLFault) {
    let element = element(at: path)
    if let attribute = element.attribute(name) {
      guard attribute.value != value else { return }
      try replace(attribute.valueRange, with: NewElement.escaped(value, quote: attribute.quote))
    } else {
      let end = element.attributes.last?.range.upperBound ?? element.nameRange.upperBound
      try replace(end..<end, with: NewElement.attribute(name, value))
    }
  }

  /// Takes an attribute away, with the blanks before it.
  mutating func removeAttribute(_ name: String, at path: Path) throws(XMLFault) {
    guard let attribute = element(at: path).attribute(name) else { return }
    var start = attribute.range.lowerBound
    while document.isBlank(document.bytes[start - 1]) { start -= 1 }
    try replace(start..<attribute.range.upperBound, with: [])
  }

  /// Takes an element away: with its line when it stands there alone; comments around it stay.
  mutating func remove(_ path: Path) throws(XMLFault) {
    let element = element(at: path)
    let lead = document.lead(of: element)
    let end = element.range.upperBound
    guard document.firstLineEnd(in: lead) != nil, !isAlone(after: end) else {
      return try replace(lead.lowerBound..<end, with: [])
    }
    // Whatever else is on the line takes its place.
    var next = end
    while document.bytes[next] == 0x20 || document.bytes[next] == 0x09 { next += 1 }
    try replace(element.range.lowerBound..<next, with: [])
  }

  /// Whether nothing but blanks and the parent's end tag follow on the line.
  private func isAlone(after position: Int) -> Bool {
    let rest = document.bytes[position...].drop { $0 == 0x20 || $0 == 0x09 }
    return rest.first == 0x0A || rest.first == 0x0D || rest.starts(with: "</".utf8)
  }

  mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) throws(XMLFault) {
    var all = document.bytes
    all.replaceSubrange(range, with: bytes)
    document = try XMLScanner.scan(all)
  }
}
