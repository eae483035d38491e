import LoadBalancing

/// What the kernel lets through of the frames that leave an interface: SYNs to the servers that are watched, and such
/// short segments as end handshakes.
///
/// The kernel's filter has no memory: it cannot tell the acknowledgement of a handshake from one of a download. So all
/// without payload come, of as many clients as ``Sampling`` says.
struct SegmentFilter: Hashable {
  /// With more addresses, segments to all are let through and looked at here.
  private static let addressesMax = 24

  private let sampling: Sampling
  /// Where segments go as clients sent them, or with the server's address.
  private var plain: Set<IPAddress> = []
  private var tunnels: Set<TunnelPath> = []
  /// Of services whose address is not known.
  private var isOpen = false

  private struct TunnelPath: Hashable {
    let tunnel: Tunnel
    let server: IPAddress
    let family: AddressFamily
  }

  init(_ sampling: Sampling) { self.sampling = sampling }

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
      parts.append(segments(of: family, in: family, at: 0) + (isMany ? "" : " and (\(hosts))"))
    }
    for path in tunnels.sorted(by: { $0.server < $1.server }) {
      parts.append("dst host \(path.server) and " + inside(path))
    }
    return "outbound and (" + parts.map { "(\($0))" }.joined(separator: " or ") + ")"
  }

  private func inside(_ path: TunnelPath) -> String {
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
    return "\(base) = \(number) and " + segments(of: path.family, in: outer, at: start)
  }

  /// SYNs without ACK, and segments without payload, in a packet without options that begins behind `start` bytes of
  /// the one outside.
  private func segments(of inner: AddressFamily, in outer: AddressFamily, at start: Int) -> String {
    let isPlain = start == 0 && inner == .inet
    let base = outer == .inet ? "ip" : "ip6"
    let (number, header) = inner == .inet ? (9, 20) : (6, 40)
    let segment = isPlain ? "ip and tcp" : "\(base)[\(start + number)] = 6"
    func field(_ offset: Int, _ count: Int) -> String {
      isPlain ? "tcp[\(offset):\(count)]" : "\(base)[\(start + header + offset):\(count)]"
    }
    // IPv4 tells the length with its own header, IPv6 without; TCP's header has 60 bytes at most.
    let short = inner == .inet ? "\(base)[\(start + 2):2] <= 80" : "\(base)[\(start + 4):2] <= 60"
    return "\(segment) and (\(field(13, 1)) & 0x12 = 2 or (\(short)\(sampling.condition(onPort: field(0, 2)))))"
  }
}
