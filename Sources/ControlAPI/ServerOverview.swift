/// One real server of a virtual service.
public struct ServerOverview: Codable, Hashable, Sendable {
  public var label: String
  public var address: String
  /// 0 keeps the port that the client used.
  public var port: UInt16
  /// As configured.
  public var weight: Int
  /// As in the kernel; 0 while the server is not in the table.
  public var effectiveWeight: Int
  public var status: StatusColor
  public var state: ServerState
  public var health: ServerHealth
  /// Absent before the first check has ended and where nothing is checked.
  public var lastCheck: CheckReport?
  /// Since when ``health`` is what it is.
  public var since: Timestamp?
  public var connections: ConnectionCounts
  /// Absent while the server is not in the kernel's table.
  public var traffic: TrafficCounts?
  /// Below so many connections an overloaded server gets new ones again; absent where it was not set.
  public var minimumConnections: UInt32?
  /// With so many it gets no new ones; absent where it was not set.
  public var maximumConnections: UInt32?
  /// The server's own checks; absent when those of the service hold.
  public var healthChecks: [HealthCheckSettings]?

  public init(
    label: String, address: String, port: UInt16 = 0, weight: Int, effectiveWeight: Int,
    status: StatusColor,
    state: ServerState, health: ServerHealth, lastCheck: CheckReport? = nil,
    since: Timestamp? = nil,
    connections: ConnectionCounts = ConnectionCounts(), traffic: TrafficCounts? = nil,
    minimumConnections: UInt32? = nil, maximumConnections: UInt32? = nil, healthChecks: [HealthCheckSettings]? = nil
  ) {
    self.label = label
    self.address = address
    self.port = port
    self.weight = weight
    self.effectiveWeight = effectiveWeight
    self.status = status
    self.state = state
    self.health = health
    self.lastCheck = lastCheck
    self.since = since
    self.connections = connections
    self.traffic = traffic
    self.minimumConnections = minimumConnections
    self.maximumConnections = maximumConnections
    self.healthChecks = healthChecks
  }
}

/// How the last check of a server ended.
public struct CheckReport: Codable, Hashable, Sendable {
  public var at: Timestamp
  public var passed: Bool
  /// `connected to port 1099 in 0.4 ms`
  public var message: String

  public init(at: Timestamp, passed: Bool, message: String) {
    self.at = at
    self.passed = passed
    self.message = message
  }
}
