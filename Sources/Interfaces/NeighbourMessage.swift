public import LoadBalancing

/// A neighbour solicitation or advertisement of IPv6 over Ethernet.
///
/// Source: RFC 4861 sections 4.3, 4.4 and 7.2.6; RFC 2464 section 7 for the hardware addresses of groups.
public struct NeighbourMessage: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case solicitation
    case advertisement(Flags)
  }

  /// The flags of an advertisement.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let router = Flags(rawValue: 0x80)
    public static let solicited = Flags(rawValue: 0x40)
    public static let override = Flags(rawValue: 0x20)
  }

  public var kind: Kind
  public var source: IPAddress
  public var destination: IPAddress
  public var target: IPAddress
  /// The hardware address in the source or target link-layer option; nil: no option.
  public var hardware: HardwareAddress?

  public init(
    _ kind: Kind, source: IPAddress, destination: IPAddress, target: IPAddress, hardware: HardwareAddress? = nil
  ) {
    self.kind = kind
    self.source = source
    self.destination = destination
    self.target = target
    self.hardware = hardware
  }

  /// Says to all nodes that an address is at this hardware address now.
  public static func announcement(of address: IPAddress, at hardware: HardwareAddress) -> NeighbourMessage {
    NeighbourMessage(
      .advertisement(.override), source: address, destination: allNodes, target: address, hardware: hardware)
  }

  /// Asks who has an address in the form of duplicate-address detection; whoever has it answers to all nodes.
  public static func probe(for address: IPAddress) -> NeighbourMessage {
    NeighbourMessage(
      .solicitation, source: IPAddress(family: .inet6, value: 0), destination: solicitedNode(of: address),
      target: address)
  }

  /// ff02::1
  static let allNodes = IPAddress(family: .inet6, value: 0xFF02 << 112 | 1)

  /// ff02::1:ff and the last 24 bits of the address (RFC 4291 section 2.7.1).
  static func solicitedNode(of address: IPAddress) -> IPAddress {
    IPAddress(family: .inet6, value: 0xFF02 << 112 | 0x1_FF00_0000 | address.value & 0xFF_FFFF)
  }
}
