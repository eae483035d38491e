import LoadBalancing

extension NeighbourMessage {
  /// ICMPv6's protocol number, and the numbers of its messages and their options (RFC 4861).
  private enum Number {
    static let icmpv6: UInt8 = 58
    static let solicitation: UInt8 = 135
    static let advertisement: UInt8 = 136
    static let sourceLinkLayer: UInt8 = 1
    static let targetLinkLayer: UInt8 = 2
    /// Receivers drop what came by way of a router.
    static let hopLimit: UInt8 = 255
  }

  /// The Ethernet frame: 78 bytes, 86 with a link-layer option; by default to the hardware address of the destination's group.
  public func frame(from sender: HardwareAddress, to receiver: HardwareAddress? = nil) -> [UInt8] {
    var message = icmpBytes
    let checksum = InternetChecksum.ofUpperLayer(
      message, protocolNumber: Number.icmpv6, from: source, to: destination)
    message.replaceSubrange(2..<4, with: checksum.bigEndianBytes)
    let header =
      [0x60, 0, 0, 0] + UInt16(message.count).bigEndianBytes + [Number.icmpv6, Number.hopLimit] + source.bytes
      + destination.bytes
    return EthernetFrame(
      to: receiver ?? NeighbourMessage.groupHardwareAddress(of: destination), from: sender,
      kind: EthernetFrame.Kind.ipv6, payload: header + message
    ).bytes
  }

  /// The ICMPv6 message with a checksum of 0.
  private var icmpBytes: [UInt8] {
    let type: UInt8
    let flags: UInt8
    let option: UInt8
    switch kind {
    case .solicitation: (type, flags, option) = (Number.solicitation, 0, Number.sourceLinkLayer)
    case .advertisement(let set): (type, flags, option) = (Number.advertisement, set.rawValue, Number.targetLinkLayer)
    }
    var bytes = [type, 0, 0, 0, flags, 0, 0, 0] + target.bytes
    if let hardware { bytes += [option, 1] + hardware.bytes }
    return bytes
  }

  /// Reads an Ethernet frame; nil when it is not a whole neighbour message with the right checksum and hop limit 255.
  public init?(frame: [UInt8]) {
    guard let ethernet = EthernetFrame(frame), ethernet.kind == EthernetFrame.Kind.ipv6 else { return nil }
    let packet = ethernet.payload
    guard packet.count >= 64, packet[0] >> 4 == 6, packet[6] == Number.icmpv6, packet[7] == Number.hopLimit,
      let source = IPAddress(bytes: packet[8..<24]), let destination = IPAddress(bytes: packet[24..<40])
    else { return nil }
    let length = Int(packet[4]) << 8 | Int(packet[5])
    guard length >= 24, packet.count >= 40 + length else { return nil }
    let message = Array(packet[40..<40 + length])
    guard
      InternetChecksum.ofUpperLayer(message, protocolNumber: Number.icmpv6, from: source, to: destination) == 0,
      let target = IPAddress(bytes: message[8..<24])
    else { return nil }
    switch message[0] {
    case Number.solicitation:
      self.init(.solicitation, source: source, destination: destination, target: target)
      hardware = NeighbourMessage.option(Number.sourceLinkLayer, in: message)
    case Number.advertisement:
      let flags = Flags(rawValue: message[4] & 0xE0)
      self.init(.advertisement(flags), source: source, destination: destination, target: target)
      hardware = NeighbourMessage.option(Number.targetLinkLayer, in: message)
    default: return nil
    }
  }

  private static func option(_ type: UInt8, in message: [UInt8]) -> HardwareAddress? {
    var position = 24
    while position + 2 <= message.count {
      let length = Int(message[position + 1]) * 8
      guard length > 0, position + length <= message.count else { return nil }
      if message[position] == type, length == 8 {
        return HardwareAddress(bytes: message[position + 2..<position + 8])
      }
      position += length
    }
    return nil
  }

  /// 33:33 and the last four bytes of the group's address.
  private static func groupHardwareAddress(of address: IPAddress) -> HardwareAddress {
    HardwareAddress(bytes: [0x33, 0x33] + address.bytes.suffix(4)) ?? .broadcast
  }
}
