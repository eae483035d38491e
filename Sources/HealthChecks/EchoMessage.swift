/// An echo of ICMP (RFC 792) or ICMPv6 (RFC 4443 section 4).
struct EchoMessage: Hashable {
  private static let headerBytes = 8

  let isIPv6: Bool
  let identifier: UInt16
  let sequence: UInt16
  /// Comes back as it was sent; tells apart who else uses the same numbers.
  let data: [UInt8]

  var request: [UInt8] {
    var bytes: [UInt8] = [isIPv6 ? 128 : 8, 0, 0, 0]
    bytes += WireBytes.bigEndian(identifier) + WireBytes.bigEndian(sequence) + data
    // The kernel computes that of ICMPv6, whose sum covers the addresses.
    if !isIPv6 { bytes.replaceSubrange(2..<4, with: WireBytes.bigEndian(Self.checksum(bytes))) }
    return bytes
  }

  /// Whether a packet is the reply to this request.
  ///
  /// - Parameters:
  ///   - packet: as received.
  ///   - isRaw: whether the socket was a raw one: IPv4 packets have their header then, and others keep their identifier.
  func isAnswered(by packet: [UInt8], isRaw: Bool) -> Bool {
    var message = ReplyBuffer(packet)
    if isRaw, !isIPv6 {
      guard let first = message.byte(at: 0), message.take(Int(first & 0xF) * 4) != nil else { return false }
    }
    guard message.byte(at: 0) == (isIPv6 ? 129 : 0), message.byte(at: 1) == 0,
      !isRaw || message.integer(at: 4) == identifier, message.integer(at: 6) == sequence
    else { return false }
    return message.unread.dropFirst(Self.headerBytes).elementsEqual(data)
  }

  /// The Internet checksum (RFC 1071) of an even number of bytes.
  private static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for place in stride(from: 0, to: bytes.count - 1, by: 2) {
      sum += UInt32(bytes[place]) << 8 | UInt32(bytes[place + 1])
    }
    while sum > 0xFFFF { sum = sum >> 16 + sum & 0xFFFF }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
