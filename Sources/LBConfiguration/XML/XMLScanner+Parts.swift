extension XMLScanner {
  mutating func scanAttribute() throws(XMLFault) -> ScannedAttribute {
    let attributeLine = line
    let nameRange = try scanName()
    skipBlanks()
    guard starts(with: "=") else { throw fault("attribute '\(text(nameRange))' has no value") }
    position += 1
    skipBlanks()
    guard position < bytes.count,
      bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
    else {
      throw fault("the value of attribute '\(text(nameRange))' has no quotes")
    }
    let quote = bytes[position]
    position += 1
    let start = position
    var isPlain = true
    while position < bytes.count, bytes[position] != quote {
      if bytes[position] < 0x20 || bytes[position] == UInt8(ascii: "&") { isPlain = false }
      step()
    }
    guard position < bytes.count else {
      throw fault("the value of attribute '\(text(nameRange))' has no end")
    }
    let valueRange = start..<position
    position += 1
    let value = isPlain ? text(valueRange) : try normalised(valueRange, line: attributeLine)
    return ScannedAttribute(
      name: text(nameRange), value: value, nameRange: nameRange, valueRange: valueRange,
      quote: quote,
      line: attributeLine)
  }

  /// Replaces references, and line ends and tabs by blanks (XML 1.0, sections 2.11 and 3.3.3).
  private func normalised(_ range: Range<Int>, line: Int) throws(XMLFault) -> String {
    var value: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == UInt8(ascii: "&") {
        guard let end = bytes[index..<range.upperBound].firstIndex(of: UInt8(ascii: ";")),
          let character = reference(bytes[(index + 1)..<end])
        else {
          throw XMLFault(
            line: line, message: "a '&' in an attribute begins no reference; write &amp;")
        }
        value += Array(String(character).utf8)
        index = end + 1
        continue
      }
      let isLineEndPair = byte == 0x0D && index + 1 < range.upperBound && bytes[index + 1] == 0x0A
      value.append(isBlank(byte) ? 0x20 : byte)
      index += isLineEndPair ? 2 : 1
    }
    return String(decoding: value, as: UTF8.self)
  }

  private func reference(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
    let text = String(decoding: name, as: UTF8.self)
    if text.hasPrefix("#x") {
      return UInt32(text.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    }
    if text.hasPrefix("#") { return UInt32(text.dropFirst()).flatMap(Unicode.Scalar.init) }
    switch text {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default: return nil
    }
  }

  /// Names are whatever stands up to a blank or a sign of the markup; libxml2 has judged the characters.
  mutating func scanName() throws(XMLFault) -> Range<Int> {
    let start = position
    while position < bytes.count, !isBlank(bytes[position]), !isDelimiter(bytes[position]) {
      position += 1
    }
    guard position > start else { throw fault("a name is missing") }
    return start..<position
  }

  mutating func skipBlanks() {
    while position < bytes.count, isBlank(bytes[position]) { step() }
  }

  mutating func skip(past end: String, of part: String, from start: Int) throws(XMLFault) {
    let firstLine = line
    while position < start, position < bytes.count { step() }
    while position < bytes.count {
      if starts(with: end) {
        position += end.utf8.count
        return
      }
      step()
    }
    throw XMLFault(line: firstLine, message: "a \(part) has no end")
  }

  /// lbd edits bytes in place, so it reads no other encoding than the one it writes.
  func refuseForeignEncoding() throws(XMLFault) {
    let declaration = bytes[position...].prefix(256).prefix { $0 != UInt8(ascii: ">") }
    let words = String(decoding: declaration, as: UTF8.self).split { "=\"' \t\r\n?".contains($0) }
    guard let index = words.firstIndex(of: "encoding"), index + 1 < words.count else { return }
    let encoding = words[index + 1]
    guard ["utf-8", "utf8", "us-ascii"].contains(encoding.lowercased()) else {
      throw fault("the encoding \(encoding) is not supported; save the file as UTF-8")
    }
  }

  mutating func step() {
    if bytes[position] == 0x0A { line += 1 }
    position += 1
  }

  func starts(with text: String) -> Bool { starts(with: text.utf8) }

  func starts(with prefix: some Collection<UInt8>) -> Bool {
    position <= bytes.count - prefix.count
      && bytes[position..<(position + prefix.count)].elementsEqual(prefix)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "/"),
      UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: false
    }
  }

  func fault(_ message: String) -> XMLFault { XMLFault(line: line, message: message) }
}
