/// The way of a check's packets to its server.
public enum CheckPath: Hashable, Sendable {
  /// To the server's own address.
  case server
  /// To a virtual address; the kernel forwards them to the one server as it forwards a client's.
  indirect case virtual(IPAddress, by: CheckRelay)
}

/// What forwards checks to one server, whatever virtual address they go to.
public struct CheckRelay: Hashable, Sendable {
  public var server: IPAddress
  /// nil: direct routing.
  public var tunnel: Tunnel?
  /// Of the virtual addresses.
  public var family: AddressFamily

  public init(server: IPAddress, tunnel: Tunnel? = nil, family: AddressFamily) {
    self.server = server
    self.tunnel = tunnel
    self.family = family
  }
}

extension CheckRelay: CustomStringConvertible {
  /// Unlike that of any other: `192.168.1.110 dr inet`, `172.16.0.21 tun gue 6080 inet`.
  public var description: String {
    let way = tunnel.map { tunnel in
      "tun \(tunnel.kind.rawValue)" + (tunnel.port.map { " \($0)" } ?? "") + (tunnel.checksum ? " checksum" : "")
    }
    return "\(server) \(way ?? "dr") \(family.rawValue)"
  }
}

extension CheckTarget {
  /// nil for a check of the server's own address.
  public var relay: CheckRelay? { if case .virtual(_, let relay) = path { relay } else { nil } }
}
