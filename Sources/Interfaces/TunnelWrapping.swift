public import LoadBalancing

/// The tunnel to a server, as the kernel's IPVS wraps packets for it.
///
/// Source: RFC 2003 (IP in IP), RFC 2473 (in IPv6), RFC 2784 (GRE), draft-ietf-intarea-gue-09 section 3.
public struct TunnelWrapping: Hashable, Sendable {
  public var tunnel: Tunnel
  /// The addresses of the packet outside.
  public var source: IPAddress
  public var destination: IPAddress

  public init(_ tunnel: Tunnel, from source: IPAddress, to destination: IPAddress) {
    self.tunnel = tunnel
    self.source = source
    self.destination = destination
  }

  /// How much larger a packet becomes.
  public var overheadBytes: Int { wrap([0]).count - 1 }

  private enum Number {
    static let ipv4: UInt8 = 4
    static let udp: UInt8 = 17
    static let ipv6: UInt8 = 41
    static let gre: UInt8 = 47
    /// C bit of GRE: a checksum follows.
    static let greChecksum: UInt16 = 0x8000
  }

  func wrap(_ packet: [UInt8]) -> [UInt8] {
    let isIPv6 = packet.first.map { $0 >> 4 == 6 } ?? false
    let inner = isIPv6 ? Number.ipv6 : Number.ipv4
    return switch tunnel.kind {
    case .ipip: IPPacket.bytes(inner, packet, from: source, to: destination)
    case .gre: IPPacket.bytes(Number.gre, gre(packet, isIPv6: isIPv6), from: source, to: destination)
    case .gue: IPPacket.bytes(Number.udp, udp([0, inner, 0, 0] + packet), from: source, to: destination)
    }
  }

  private func gre(_ packet: [UInt8], isIPv6: Bool) -> [UInt8] {
    let kind = (isIPv6 ? EthernetFrame.Kind.ipv6 : EthernetFrame.Kind.ipv4).bigEndianBytes
    guard tunnel.checksum else { return [0, 0] + kind + packet }
    var bytes = Number.greChecksum.bigEndianBytes + kind + [0, 0, 0, 0] + packet
    bytes.replaceSubrange(4..<6, with: InternetChecksum.of(bytes).bigEndianBytes)
    return bytes
  }

  private func udp(_ payload: [UInt8]) -> [UInt8] {
    let port = (tunnel.port ?? 0).bigEndianBytes
    var bytes = port + port + UInt16(truncatingIfNeeded: 8 + payload.count).bigEndianBytes + [0, 0] + payload
    // IPv6 has no UDP without a checksum (RFC 8200 section 8.1).
    guard tunnel.checksum || source.family == .inet6 else { return bytes }
    let checksum = InternetChecksum.ofUpperLayer(
      bytes, protocolNumber: Number.udp, from: source, to: destination)
    bytes.replaceSubrange(6..<8, with: checksum.bigEndianBytes)
    return bytes
  }
}
