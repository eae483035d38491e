import LoadBalancing

/// A TCP segment of the few kinds that probes need, in an IP packet.
///
/// Source: RFC 9293 section 3.1, RFC 791 section 3.1, RFC 8200 section 3.
struct TCPSegment: Hashable {
  struct Flags: OptionSet, Hashable {
    let rawValue: UInt8
    static let syn = Flags(rawValue: 0x02)
    static let reset = Flags(rawValue: 0x04)
    static let acknowledgement = Flags(rawValue: 0x10)
  }

  /// An IP address and a port.
  struct End: Hashable {
    var address: IPAddress
    var port: UInt16
  }

  var source: End
  var destination: End
  var sequence: UInt32
  var acknowledged: UInt32 = 0
  var flags: Flags
  /// How many bytes follow the header, all 0.
  var payloadCount = 0

  static let protocolNumber: UInt8 = 6

  /// The IP packet, not to be fragmented.
  var packet: [UInt8] {
    // A SYN says how large segments may be, as every SYN does: 1220 bytes fit everywhere.
    let options: [UInt8] = flags == .syn ? [2, 4] + UInt16(1220).bigEndianBytes : []
    let length = UInt8((20 + options.count) / 4)
    var segment = source.port.bigEndianBytes + destination.port.bigEndianBytes
    segment += sequence.bigEndianBytes + acknowledged.bigEndianBytes
    segment += [length << 4, flags.rawValue] + UInt16(64_240).bigEndianBytes + [0, 0, 0, 0] + options
    segment += [UInt8](repeating: 0, count: payloadCount)
    let checksum = InternetChecksum.ofUpperLayer(
      segment, protocolNumber: Self.protocolNumber, from: source.address, to: destination.address)
    segment.replaceSubrange(16..<18, with: checksum.bigEndianBytes)
    return IPPacket.bytes(Self.protocolNumber, segment, from: source.address, to: destination.address)
  }

  init(_ flags: Flags, from source: End, to destination: End, sequence: UInt32) {
    (self.flags, self.source, self.destination, self.sequence) = (flags, source, destination, sequence)
  }

  /// Reads an IP packet, of which 20 bytes of TCP are enough; nil when it is no first fragment of TCP.
  init?(packet: [UInt8]) {
    guard let place = IPPacket.payload(of: packet, protocolNumber: Self.protocolNumber),
      packet.count >= place.start + 20
    else { return nil }
    let start = place.start
    func number(_ offset: Int, _ count: Int) -> UInt32 {
      packet[start + offset..<start + offset + count].reduce(0) { $0 << 8 | UInt32($1) }
    }
    source = End(address: place.source, port: UInt16(number(0, 2)))
    destination = End(address: place.destination, port: UInt16(number(2, 2)))
    sequence = number(4, 4)
    acknowledged = number(8, 4)
    flags = Flags(rawValue: packet[start + 13])
  }
}

/// The headers of IP.
enum IPPacket {
  /// A packet without options that is not to be fragmented.
  static func bytes(
    _ protocolNumber: UInt8, _ payload: [UInt8], from source: IPAddress, to destination: IPAddress
  ) -> [UInt8] {
    guard source.family == .inet else {
      return [0x60, 0, 0, 0] + UInt16(payload.count).bigEndianBytes + [protocolNumber, 64] + source.bytes
        + destination.bytes + payload
    }
    var header: [UInt8] = [0x45, 0] + UInt16(20 + payload.count).bigEndianBytes + [0, 0, 0x40, 0, 64, protocolNumber]
    header += [0, 0] + source.bytes + destination.bytes
    header.replaceSubrange(10..<12, with: InternetChecksum.of(header).bigEndianBytes)
    return header + payload
  }

  /// Where the payload of a packet of this protocol begins; nil for other protocols, later fragments and extension headers.
  static func payload(
    of packet: [UInt8], protocolNumber: UInt8
  ) -> (start: Int, source: IPAddress, destination: IPAddress)? {
    guard let first = packet.first else { return nil }
    if first >> 4 == 4, packet.count >= 20 {
      let start = Int(first & 0xF) * 4
      let isFirstFragment = packet[6] & 0x1F == 0 && packet[7] == 0
      guard start >= 20, packet[9] == protocolNumber, isFirstFragment,
        let source = IPAddress(bytes: packet[12..<16]), let destination = IPAddress(bytes: packet[16..<20])
      else { return nil }
      return (start, source, destination)
    }
    guard first >> 4 == 6, packet.count >= 40, packet[6] == protocolNumber,
      let source = IPAddress(bytes: packet[8..<24]), let destination = IPAddress(bytes: packet[24..<40])
    else { return nil }
    return (40, source, destination)
  }
}
