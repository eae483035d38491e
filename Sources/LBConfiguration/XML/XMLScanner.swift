/// Finds elements and attributes, their bytes and their lines.
///
/// It runs after libxml2 has judged the same bytes, so it need not refuse every malformed document; it never crashes
/// on one, and what it cannot follow it refuses.
struct XMLScanner {
  let bytes: [UInt8]
  var position = 0
  var line = 1
  private var open: [ScannedElement] = []
  private var root: ScannedElement?
  private var comments: [Range<Int>] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func scan(_ bytes: [UInt8]) throws(XMLFault) -> ScannedDocument {
    var scanner = XMLScanner(bytes)
    let root = try scanner.scanDocument()
    return ScannedDocument(bytes: bytes, root: root, comments: scanner.comments)
  }

  private mutating func scanDocument() throws(XMLFault) -> ScannedElement {
    if starts(with: [0xEF, 0xBB, 0xBF] as [UInt8]) { position = 3 }
    if starts(with: "<?xml") { try refuseForeignEncoding() }
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "<") { try scanMarkup() } else { try scanText() }
    }
    if let last = open.last { throw fault("element '\(last.name)' has no end") }
    guard let root else { throw fault("there is no element") }
    return root
  }

  private mutating func scanMarkup() throws(XMLFault) {
    if starts(with: "<!--") {
      let start = position + 4
      try skip(past: "-->", of: "comment", from: start)
      comments.append(start..<position - 3)
    } else if starts(with: "<![CDATA[") {
      try scanCharacterData()
    } else if starts(with: "<?") {
      try skip(past: "?>", of: "processing instruction", from: position + 2)
    } else if starts(with: "<!") {
      throw XMLLimits.documentType(line: line)
    } else if starts(with: "</") {
      try scanEndTag()
    } else {
      try scanStartTag()
    }
  }

  private mutating func scanStartTag() throws(XMLFault) {
    let start = position
    position += 1
    let tagLine = line
    let nameRange = try scanName()
    var element = ScannedElement(
      name: text(nameRange), startTag: start..<start, nameRange: nameRange, line: tagLine)
    while true {
      skipBlanks()
      if starts(with: "/>") {
        position += 2
        element.startTag = start..<position
        return try close(element)
      }
      if starts(with: ">") {
        position += 1
        element.startTag = start..<position
        guard open.count < XMLLimits.depthMax else { throw XMLLimits.tooDeep(line: tagLine) }
        open.append(element)
        return
      }
      element.attributes.append(try scanAttribute())
    }
  }

  private mutating func scanEndTag() throws(XMLFault) {
    let start = position
    position += 2
    let name = text(try scanName())
    skipBlanks()
    guard starts(with: ">") else { throw fault("the end tag '\(name)' has no '>'") }
    position += 1
    guard var element = open.popLast(), element.name == name else {
      throw fault("the end tag '\(name)' has no start tag")
    }
    element.content = element.startTag.upperBound..<start
    element.endTag = start..<position
    try close(element)
  }

  private mutating func close(_ element: ScannedElement) throws(XMLFault) {
    if open.isEmpty {
      guard root == nil else {
        throw fault("there is a second outermost element '\(element.name)'")
      }
      root = element
    } else {
      open[open.count - 1].children.append(element)
    }
  }

  private mutating func scanText() throws(XMLFault) {
    let start = position
    var firstLine: Int?
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
      if firstLine == nil, !isBlank(bytes[position]) { firstLine = line }
      step()
    }
    guard let firstLine else { return }
    try note(ScannedText(range: start..<position, line: firstLine))
  }

  private mutating func scanCharacterData() throws(XMLFault) {
    let start = position + 9
    let firstLine = line
    try skip(past: "]]>", of: "CDATA section", from: start)
    if bytes[start..<(position - 3)].contains(where: { !isBlank($0) }) {
      try note(ScannedText(range: start..<(position - 3), line: firstLine))
    }
  }

  private mutating func note(_ text: ScannedText) throws(XMLFault) {
    guard !open.isEmpty else {
      throw XMLFault(line: text.line, message: "there is text outside the outermost element")
    }
    if open[open.count - 1].text == nil { open[open.count - 1].text = text }
  }
}
