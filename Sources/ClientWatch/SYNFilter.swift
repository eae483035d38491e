import LoadBalancing

/// What the kernel lets through of the frames that leave an interface: SYNs to the servers that are watched, and little
/// else.
struct SYNFilter: Hashable {
  /// With more addresses, SYNs to all are let through and looked at here.
  private static let addressesMax = 24

  /// Where SYNs go as clients sent them, or with the server's address.
  private var plain: Set<IPAddress> = []
  private var tunnels: Set<TunnelPath> = []
  /// Of services whose address is not known.
  private var isOpen = false

  private struct TunnelPath: Hashable {
    let tunnel: Tunnel
    let server: IPAddress
    let family: AddressFamily
  }

  var isEmpty: Bool { plain.isEmpty && tunnels.isEmpty && !isOpen }

  mutating func add(_ server: IPAddress, of service: VirtualService) {
    switch service.forwarding {
    case .dr:
      if let address = service.address { plain.insert(address) } else { isOpen = true }
    case .nat, .snat: plain.insert(server)
    case .tun:
      tunnels.insert(.init(tunnel: service.tunnel ?? Tunnel(), server: server, family: service.family))
    }
  }

  /// In the language of pcap-filter(7).
  var text: String {
    let isMany = isOpen || plain.count + tunnels.count > Self.addressesMax
    var parts: [String] = []
    for family in AddressFamily.allCases {
      let addresses = plain.filter { $0.family == family }.sorted()
      guard isMany || !addresses.isEmpty else { continue }
      let hosts = addresses.map { "dst host \($0)" }.joined(separator: " or ")
      parts.append(Self.isSYN(family, in: family, at: 0) + (isMany ? "" : " and (\(hosts))"))
    }
    for path in tunnels.sorted(by: { $0.server < $1.server }) {
      parts.append("dst host \(path.server) and " + Self.inside(path))
    }
    return "outbound and (" + parts.map { "(\($0))" }.joined(separator: " or ") + ")"
  }

  private static func inside(_ path: TunnelPath) -> String {
    let outer = path.server.family
    let number: Int
    let extra: Int
    switch path.tunnel.kind {
    case .ipip: (number, extra) = (path.family == .inet ? 4 : 41, 0)
    case .gre: (number, extra) = (47, path.tunnel.checksum ? 8 : 4)
    case .gue: (number, extra) = (17, 12)
    }
    let base = outer == .inet ? "ip[9]" : "ip6[6]"
    let start = (outer == .inet ? 20 : 40) + extra
    return "\(base) = \(number) and " + isSYN(path.family, in: outer, at: start)
  }

  /// SYN without ACK, in a packet without options that begins behind `start` bytes of the one outside.
  private static func isSYN(_ inner: AddressFamily, in outer: AddressFamily, at start: Int) -> String {
    if start == 0, inner == .inet { return "ip and tcp[13] & 0x12 = 2" }
    let base = outer == .inet ? "ip" : "ip6"
    let (number, header) = inner == .inet ? (9, 20) : (6, 40)
    return "\(base)[\(start + number)] = 6 and \(base)[\(start + header + 13)] & 0x12 = 2"
  }
}
