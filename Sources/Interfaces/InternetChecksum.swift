import LoadBalancing

/// The checksum of IP, TCP, UDP and ICMPv6.
///
/// Source: RFC 1071; the pseudo header RFC 8200 section 8.1 and RFC 9293 section 3.1.
enum InternetChecksum {
  /// The complement of the one's complement sum; 0 for bytes that hold their own right checksum.
  static func of(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
      sum = sum & 0xFFFF + sum >> 16
    }
    return ~UInt16(truncatingIfNeeded: sum & 0xFFFF + sum >> 16)
  }

  /// The checksum of a message with the pseudo header of its addresses' family in front.
  static func ofUpperLayer(
    _ message: [UInt8], protocolNumber: UInt8, from source: IPAddress, to destination: IPAddress
  ) -> UInt16 {
    let end: [UInt8] =
      source.family == .inet
      ? [0, protocolNumber] + UInt16(truncatingIfNeeded: message.count).bigEndianBytes
      : UInt32(truncatingIfNeeded: message.count).bigEndianBytes + [0, 0, 0, protocolNumber]
    return of(source.bytes + destination.bytes + end + message)
  }
}
