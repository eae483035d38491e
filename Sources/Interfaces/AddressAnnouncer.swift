public import LoadBalancing

/// Tells the neighbours on a link that addresses are here now.
public enum AddressAnnouncer {
  /// Sends a gratuitous ARP request and reply for each IPv4 address, an unsolicited neighbour advertisement that
  /// overrides for each IPv6 address; once, callers repeat it.
  ///
  /// Does nothing on links that have no neighbours to tell, such as the loopback interface or tunnels.
  /// - Throws: ``PacketSocketError`` with libpcap's words.
  public static func announce(_ addresses: [IPAddress], on link: NetworkLink) throws(PacketSocketError) {
    guard link.isEthernet, !link.isLoopback, let hardware = link.hardwareAddress, !addresses.isEmpty else { return }
    // Nothing is as short as that: this socket only sends.
    let socket = try PacketSocket(on: link.name, filter: "less 0", snapLength: 64)
    for frame in addresses.flatMap({ frames(for: $0, at: hardware) }) { try socket.send(frame) }
  }

  /// The frames that announce one address.
  static func frames(for address: IPAddress, at hardware: HardwareAddress) -> [[UInt8]] {
    switch address.family {
    case .inet:
      [ARPPacket.Operation.request, .reply].map {
        ARPPacket.announcement(of: address, at: hardware, as: $0).frame()
      }
    case .inet6:
      [NeighbourMessage.announcement(of: address, at: hardware).frame(from: hardware)]
    }
  }
}
