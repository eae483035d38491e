import LoadBalancing

/// A message of the domain name system (RFC 1035 section 4).
struct DNSMessage {
  private static let headerBytes = 12
  /// More than a name of 255 bytes can need: whoever points further points in circles.
  private static let pointersMax = 64
  private static let answersMax = 256

  private let bytes: ReplyBuffer
  private let flags: UInt16
  let identifier: UInt16
  private let answerCount: UInt16

  /// nil when there are fewer bytes than a header has.
  init?(_ message: [UInt8]) {
    bytes = ReplyBuffer(message)
    guard bytes.count >= Self.headerBytes, let identifier: UInt16 = bytes.integer(at: 0),
      let flags: UInt16 = bytes.integer(at: 2), let answers: UInt16 = bytes.integer(at: 6)
    else { return nil }
    self.identifier = identifier
    self.flags = flags
    answerCount = answers
  }

  var isResponse: Bool { flags & 0x8000 != 0 }
  var isTruncated: Bool { flags & 0x0200 != 0 }
  var responseCode: UInt16 { flags & 0xF }

  /// The names of the codes (IANA, "DNS RCODEs").
  var responseCodeName: String {
    switch responseCode {
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    default: "RCODE \(responseCode)"
    }
  }

  /// Whether the one question is this one; servers may change the case of its letters.
  func hasQuestion(_ question: [UInt8]) -> Bool {
    guard bytes.integer(UInt16.self, at: 4) == 1 else { return false }
    let own = bytes.unread.dropFirst(Self.headerBytes).prefix(question.count)
    return own.elementsEqual(question) { Self.lowercased($0) == Self.lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// The data of the answers of this type as text; nil when one is malformed.
  func answers(of type: UInt16) -> [String]? {
    var place = Self.headerBytes
    guard let question = name(at: place) else { return nil }
    place = question.end + 4
    var found: [String] = []
    for _ in 0..<min(Int(answerCount), Self.answersMax) {
      guard let owner = name(at: place), let own: UInt16 = bytes.integer(at: owner.end),
        let length: UInt16 = bytes.integer(at: owner.end + 8)
      else { return isTruncated ? found : nil }
      let start = owner.end + 10
      place = start + Int(length)
      guard place <= bytes.count else { return isTruncated ? found : nil }
      guard own == type else { continue }
      guard let text = text(of: type, in: start..<place) else { return nil }
      found.append(text)
    }
    return found
  }

  private func text(of type: UInt16, in range: Range<Int>) -> String? {
    let data = bytes.unread.dropFirst(range.lowerBound).prefix(range.count)
    switch type {
    case 1, 28: return IPAddress(bytes: data).map { "\($0)" }
    case 2, 5, 12: return name(at: range.lowerBound)?.text
    case 6:
      guard let primary = name(at: range.lowerBound), let mailbox = name(at: primary.end),
        let serial: UInt32 = bytes.integer(at: mailbox.end)
      else { return nil }
      return "\(primary.text) \(mailbox.text) \(serial)"
    case 15:
      guard let preference: UInt16 = bytes.integer(at: range.lowerBound), let host = name(at: range.lowerBound + 2)
      else { return nil }
      return "\(preference) \(host.text)"
    case 16: return Self.characterStrings(data)
    case 33:
      guard let priority: UInt16 = bytes.integer(at: range.lowerBound),
        let weight: UInt16 = bytes.integer(at: range.lowerBound + 2),
        let port: UInt16 = bytes.integer(at: range.lowerBound + 4), let target = name(at: range.lowerBound + 6)
      else { return nil }
      return "\(priority) \(weight) \(port) \(target.text)"
    default: return nil
    }
  }

  /// The strings of a TXT record as one.
  private static func characterStrings(_ data: ArraySlice<UInt8>) -> String? {
    var rest = data
    var text: [UInt8] = []
    while let length = rest.popFirst() {
      guard rest.count >= Int(length) else { return nil }
      text += rest.prefix(Int(length))
      rest = rest.dropFirst(Int(length))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A name and where what follows begins; names may end with a pointer to an earlier one (section 4.1.4).
  private func name(at start: Int) -> (text: String, end: Int)? {
    var labels: [String] = []
    var (place, end) = (start, nil as Int?)
    var pointers = 0
    var length = 0
    while let byte = bytes.byte(at: place) {
      switch byte {
      case 0: return ((labels.isEmpty ? "." : labels.joined(separator: ".")), end ?? place + 1)
      case 0xC0...0xFF:
        guard let low = bytes.byte(at: place + 1), pointers < Self.pointersMax else { return nil }
        pointers += 1
        end = end ?? place + 2
        place = Int(byte & 0x3F) << 8 | Int(low)
      case 1...63:
        let label = bytes.unread.dropFirst(place + 1).prefix(Int(byte))
        length += Int(byte) + 1
        guard label.count == Int(byte), length <= 255 else { return nil }
        labels.append(String(decoding: label, as: UTF8.self))
        place += Int(byte) + 1
      default: return nil
      }
    }
    return nil
  }

  /// A name as labels with their lengths (section 3.1); `.` is the root. Labels are cut to their 63 bytes.
  static func encodedName(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { label -> [UInt8] in
      let bytes = Array(label.utf8.prefix(63))
      return [UInt8(bytes.count)] + bytes
    } + [0]
  }
}
