/// The system at a glance: the answer to `GET /v1/overview`.
public struct Overview: Hashable, Sendable {
  /// In the order of the configuration.
  public var services: [ServiceOverview]
  /// What an operator should look at, one sentence each; not in the JSON when empty.
  public var warnings: [String]

  public init(services: [ServiceOverview], warnings: [String] = []) {
    self.services = services
    self.warnings = warnings
  }
}

extension Overview: Codable {
  private enum Key: String, CodingKey { case services, warnings }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    services = try container.decode([ServiceOverview].self, forKey: .services)
    warnings = try container.decodeIfPresent([String].self, forKey: .warnings) ?? []
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(services, forKey: .services)
    if !warnings.isEmpty { try container.encode(warnings, forKey: .warnings) }
  }
}

/// One virtual service with its real servers.
public struct ServiceOverview: Codable, Hashable, Sendable {
  public var label: String
  /// Absent for a service on somebody else's mark, like ``ports`` and ``protocol``.
  public var address: String?
  /// `104,1099,50000-60000`, or `*`.
  public var ports: String?
  /// `tcp`, `udp`, `tcp+udp` or `sctp`.
  public var `protocol`: String?
  /// The mark that recognises the service instead of an address; together with ``family``.
  public var firewallMark: UInt32?
  /// `inet` or `inet6`.
  public var family: String?
  public var forwarding: String
  public var scheduler: String
  public var status: StatusColor
  public var connections: ConnectionCounts
  /// Absent while the service is not in the kernel's table.
  public var traffic: TrafficCounts?
  public var fallback: FallbackOverview?
  /// In the order of the configuration.
  public var servers: [ServerOverview]

  public init(
    label: String, address: String? = nil, ports: String? = nil, protocol: String? = nil,
    firewallMark: UInt32? = nil,
    family: String? = nil, forwarding: String, scheduler: String, status: StatusColor,
    connections: ConnectionCounts = ConnectionCounts(), traffic: TrafficCounts? = nil,
    fallback: FallbackOverview? = nil, servers: [ServerOverview]
  ) {
    self.label = label
    self.address = address
    self.ports = ports
    self.protocol = `protocol`
    self.firewallMark = firewallMark
    self.family = family
    self.forwarding = forwarding
    self.scheduler = scheduler
    self.status = status
    self.connections = connections
    self.traffic = traffic
    self.fallback = fallback
    self.servers = servers
  }
}

/// Connections that the kernel's table counts.
public struct ConnectionCounts: Codable, Hashable, Sendable {
  /// Established.
  public var active: UInt64
  /// Being opened or closed, and all of UDP's.
  public var inactive: UInt64

  public init(active: UInt64 = 0, inactive: UInt64 = 0) {
    self.active = active
    self.inactive = inactive
  }
}

/// The server that serves while no real server can.
public struct FallbackOverview: Codable, Hashable, Sendable {
  public var address: String
  public var forwarding: String
  /// 0 keeps the port that the client used.
  public var port: UInt16
  /// Whether it serves now.
  public var active: Bool

  public init(address: String, forwarding: String, port: UInt16 = 0, active: Bool) {
    self.address = address
    self.forwarding = forwarding
    self.port = port
    self.active = active
  }
}
