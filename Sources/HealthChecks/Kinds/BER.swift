/// The part of the basic encoding rules that LDAP uses (X.690; RFC 4511 section 5.1): definite lengths, small tags.
enum BER {
  static let sequence: UInt8 = 0x30
  static let integer: UInt8 = 0x02
  static let enumerated: UInt8 = 0x0A

  struct Element {
    let tag: UInt8
    let content: ArraySlice<UInt8>
  }

  enum Length: Hashable {
    case incomplete
    case malformed
    /// How many bytes stand before the content, and how many it has.
    case whole(header: Int, content: Int)
  }

  /// Reads tag and length; a content longer than the limit is malformed.
  static func length(of bytes: ReplyBuffer, at place: Int, limit: Int) -> Length {
    guard let first = bytes.byte(at: place + 1) else { return .incomplete }
    guard first >= 0x80 else { return .whole(header: 2, content: Int(first)) }
    let count = Int(first & 0x7F)
    guard (1...4).contains(count) else { return .malformed }
    var length = 0
    for offset in 0..<count {
      guard let byte = bytes.byte(at: place + 2 + offset) else { return .incomplete }
      length = length << 8 | Int(byte)
    }
    return length <= limit ? .whole(header: 2 + count, content: length) : .malformed
  }

  /// The element at this place and where the next begins; nil when it is not whole.
  static func element(_ bytes: ReplyBuffer, at place: Int) -> (Element, end: Int)? {
    guard let tag = bytes.byte(at: place),
      case .whole(let header, let length) = length(of: bytes, at: place, limit: bytes.count),
      place + header + length <= bytes.count
    else { return nil }
    let start = bytes.unread.startIndex + place + header
    return (Element(tag: tag, content: bytes.unread[start..<(start + length)]), place + header + length)
  }

  static func encoded(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
    return [tag, 0x82] + WireBytes.bigEndian(UInt16(clamping: content.count)) + content
  }
}
