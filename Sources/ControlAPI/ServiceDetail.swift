/// All virtual services with their settings: the answer to `GET /v1/services`.
public struct ServiceList: Codable, Hashable, Sendable {
  /// In the order of the configuration.
  public var services: [ServiceDetail]

  public init(services: [ServiceDetail]) {
    self.services = services
  }
}

/// One virtual service with its settings: the answer to `GET /v1/services/S`.
///
/// The JSON is that of ``ServiceOverview`` with more keys.
public struct ServiceDetail: Hashable, Sendable {
  public var overview: ServiceOverview
  public var settings: ServiceSettings

  public init(overview: ServiceOverview, settings: ServiceSettings) {
    self.overview = overview
    self.settings = settings
  }
}

extension ServiceDetail: Codable {
  public init(from decoder: any Decoder) throws {
    overview = try ServiceOverview(from: decoder)
    settings = try ServiceSettings(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try overview.encode(to: encoder)
    try settings.encode(to: encoder)
  }
}

/// What ``ServiceDetail`` knows beyond the overview.
public struct ServiceSettings: Codable, Hashable, Sendable {
  public var enabled: Bool
  /// Where the address is; `none` when lbd does not manage it; absent when it is on no interface.
  public var interface: String?
  /// Absent without persistence.
  public var persistence: PersistenceSettings?
  /// `remove` or `quiesce`.
  public var onFailure: String
  public var onePacket: Bool
  public var withdrawWhenDown: Bool
  public var suspect: Bool
  /// Absent when none is set.
  public var schedulerFlags: [String]?
  /// Absent where the outgoing interface's address is taken.
  public var snatAddress: String?
  /// `ipip`, `gue` or `gre`; absent without `tun`.
  public var tunnelType: String?
  /// The UDP port of `gue`; absent for the others.
  public var tunnelPort: Int?
  /// Absent without `tun`.
  public var tunnelChecksum: Bool?
  /// What holds for servers without checks of their own.
  public var healthChecks: [HealthCheckSettings]

  public init(
    enabled: Bool = true, interface: String? = nil, persistence: PersistenceSettings? = nil,
    onFailure: String = "remove", onePacket: Bool = false, withdrawWhenDown: Bool = false, suspect: Bool = false,
    schedulerFlags: [String]? = nil, snatAddress: String? = nil, tunnelType: String? = nil,
    tunnelPort: Int? = nil, tunnelChecksum: Bool? = nil, healthChecks: [HealthCheckSettings]
  ) {
    self.enabled = enabled
    self.interface = interface
    self.persistence = persistence
    self.onFailure = onFailure
    self.onePacket = onePacket
    self.withdrawWhenDown = withdrawWhenDown
    self.suspect = suspect
    self.schedulerFlags = schedulerFlags
    self.snatAddress = snatAddress
    self.tunnelType = tunnelType
    self.tunnelPort = tunnelPort
    self.tunnelChecksum = tunnelChecksum
    self.healthChecks = healthChecks
  }
}

/// How clients are kept on one server.
public struct PersistenceSettings: Codable, Hashable, Sendable {
  /// Seconds.
  public var timeout: Int
  /// The prefix length by which clients are told apart.
  public var granularity: Int

  public init(timeout: Int, granularity: Int) {
    self.timeout = timeout
    self.granularity = granularity
  }
}

/// One health check as configured.
public struct HealthCheckSettings: Codable, Hashable, Sendable {
  /// `connect`, `on`, `off`, …
  public var type: String
  /// `1099`, a list, or `all`; absent when it follows from server and service.
  public var port: String?
  /// `server` or `vip`: the way that the check takes.
  public var via: String
  /// Seconds, like ``fastInterval`` and ``timeout``.
  public var interval: Double
  /// Absent where it is the interval.
  public var fastInterval: Double?
  public var timeout: Double
  public var failures: Int
  public var successes: Int

  public init(
    type: String, port: String? = nil, via: String = "server", interval: Double, fastInterval: Double? = nil,
    timeout: Double, failures: Int, successes: Int
  ) {
    self.type = type
    self.port = port
    self.via = via
    self.interval = interval
    self.fastInterval = fastInterval
    self.timeout = timeout
    self.failures = failures
    self.successes = successes
  }
}
