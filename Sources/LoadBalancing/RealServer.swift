/// A server that provides a virtual service (the RIP).
public struct RealServer: Hashable, Sendable {
  /// Unique in its service.
  public var label: String
  public var address: IPAddress
  /// The server's port; nil keeps the port that the client used.
  public var port: UInt16?
  /// 0 to 65535; 0 counts as drained.
  public var weight: Int
  /// Connections below which an overloaded server is used again; 0 leaves it to the kernel.
  public var minimumConnections: UInt32
  /// Connections from which on the server gets no new ones; 0 means no limit.
  public var maximumConnections: UInt32
  /// Replace those of the service when not empty.
  public var healthChecks: [HealthCheck]

  public init(
    label: String, address: IPAddress, port: UInt16? = nil, weight: Int = 100, minimumConnections: UInt32 = 0,
    maximumConnections: UInt32 = 0, healthChecks: [HealthCheck] = []
  ) {
    self.label = label
    self.address = address
    self.port = port
    self.weight = weight
    self.minimumConnections = minimumConnections
    self.maximumConnections = maximumConnections
    self.healthChecks = healthChecks
  }
}

/// A server that serves while no real server can.
public struct FallbackServer: Hashable, Sendable {
  public var address: IPAddress
  /// nil takes the service's own.
  public var forwarding: Forwarding?
  /// nil keeps the port that the client used.
  public var port: UInt16?

  public init(address: IPAddress, forwarding: Forwarding? = nil, port: UInt16? = nil) {
    self.address = address
    self.forwarding = forwarding
    self.port = port
  }
}

/// Keeps a client, known by its source address, on one server.
public struct Persistence: Hashable, Sendable {
  /// Whole seconds for which the kernel remembers a client after its last connection.
  public var timeout: Duration
  /// The prefix length by which clients are told apart: 32 or 128 for each by itself.
  public var granularity: Int

  public init(timeout: Duration = .seconds(300), granularity: Int) {
    self.timeout = timeout
    self.granularity = granularity
  }
}
