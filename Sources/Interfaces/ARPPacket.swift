public import LoadBalancing

/// An ARP packet for IPv4 over Ethernet.
///
/// Source: RFC 826; gratuitous forms RFC 5944 section 4.6; probes RFC 5227 section 2.1.1.
public struct ARPPacket: Hashable, Sendable {
  public enum Operation: UInt16, Hashable, Sendable {
    case request = 1
    case reply = 2
  }

  public var operation: Operation
  public var senderHardware: HardwareAddress
  public var sender: IPAddress
  public var targetHardware: HardwareAddress
  public var target: IPAddress

  public init(
    _ operation: Operation, senderHardware: HardwareAddress, sender: IPAddress,
    targetHardware: HardwareAddress = .zero, target: IPAddress
  ) {
    self.operation = operation
    self.senderHardware = senderHardware
    self.sender = sender
    self.targetHardware = targetHardware
    self.target = target
  }

  /// Says that an address is at this hardware address now, as a request (most equipment) or a reply (some heeds only that).
  public static func announcement(
    of address: IPAddress, at hardware: HardwareAddress, as operation: Operation
  ) -> ARPPacket {
    ARPPacket(
      operation, senderHardware: hardware, sender: address,
      targetHardware: operation == .reply ? hardware : .zero, target: address)
  }

  /// Asks who has an address, without naming an address of the asker's.
  public static func probe(for address: IPAddress, from hardware: HardwareAddress) -> ARPPacket {
    ARPPacket(.request, senderHardware: hardware, sender: IPAddress(family: .inet, value: 0), target: address)
  }

  /// The Ethernet frame: 42 bytes, broadcast unless told otherwise.
  public func frame(to destination: HardwareAddress = .broadcast) -> [UInt8] {
    let header: [UInt8] = [0, 1, 0x08, 0x00, 6, 4]
    let payload =
      header + operation.rawValue.bigEndianBytes + senderHardware.bytes + sender.bytes + targetHardware.bytes
      + target.bytes
    return EthernetFrame(to: destination, from: senderHardware, kind: EthernetFrame.Kind.arp, payload: payload).bytes
  }

  /// Reads an Ethernet frame; nil when it is not ARP for IPv4 over Ethernet.
  public init?(frame: [UInt8]) {
    guard let ethernet = EthernetFrame(frame), ethernet.kind == EthernetFrame.Kind.arp,
      ethernet.payload.count >= 28, Array(ethernet.payload[0..<6]) == [0, 1, 0x08, 0x00, 6, 4],
      let operation = Operation(rawValue: UInt16(ethernet.payload[6]) << 8 | UInt16(ethernet.payload[7])),
      let senderHardware = HardwareAddress(bytes: ethernet.payload[8..<14]),
      let sender = IPAddress(bytes: ethernet.payload[14..<18]),
      let targetHardware = HardwareAddress(bytes: ethernet.payload[18..<24]),
      let target = IPAddress(bytes: ethernet.payload[24..<28])
    else { return nil }
    self.init(
      operation, senderHardware: senderHardware, sender: sender, targetHardware: targetHardware, target: target)
  }
}
