public import LoadBalancing

/// Which packets get a mark: those to an address, of one protocol, to a range of ports.
public struct PacketMarkSelector: Hashable, Sendable {
  public var address: IPAddress
  /// The protocol number of the IP header: TCP 6, UDP 17, SCTP 132.
  public var protocolNumber: UInt8
  /// The destination ports; `0...65535` for all.
  public var ports: ClosedRange<UInt16>

  public init(address: IPAddress, protocolNumber: UInt8, ports: ClosedRange<UInt16>) {
    self.address = address
    self.protocolNumber = protocolNumber
    self.ports = ports
  }
}

extension PacketMarkSelector: Comparable {
  public static func < (left: PacketMarkSelector, right: PacketMarkSelector) -> Bool {
    (left.address, left.protocolNumber, left.ports.lowerBound, left.ports.upperBound)
      < (right.address, right.protocolNumber, right.ports.lowerBound, right.ports.upperBound)
  }
}

extension PacketMarkSelector: CustomStringConvertible {
  /// `10.10.90.199 tcp 50000-60000`
  public var description: String {
    let name = [6: "tcp", 17: "udp", 132: "sctp"][protocolNumber] ?? "protocol \(protocolNumber)"
    let range = ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)"
    return "\(address) \(name) \(range)"
  }
}
