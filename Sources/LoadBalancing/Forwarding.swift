/// How packets reach a server.
public enum Forwarding: String, Hashable, Sendable, CaseIterable, Codable {
  /// Direct routing: to the server's MAC address, unchanged; the server answers the client itself.
  case dr
  /// The destination is translated; the server's way back leads through the load balancer.
  case nat
  /// Destination and source are translated; the server sees the load balancer's address.
  case snat
  /// In a tunnel to the server, which answers the client itself.
  case tun

  /// Whether the destination's port can be another than the client's.
  public var translatesPorts: Bool { self == .nat || self == .snat }
}

/// How packets are wrapped for a server with ``Forwarding/tun``.
public struct Tunnel: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    case ipip
    case gue
    case gre
  }

  public var kind: Kind
  /// The UDP port of `gue`; nil for the others.
  public var port: UInt16?
  public var checksum: Bool

  public init(kind: Kind = .ipip, port: UInt16? = nil, checksum: Bool = false) {
    self.kind = kind
    self.port = port
    self.checksum = checksum
  }
}
