/// A health check as configured, with the global defaults filled in.
public struct HealthCheck: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Always up, nothing is sent.
    case on
    /// Always down, nothing is sent.
    case off
    /// A TCP connection to every port.
    case connect(CheckPorts)
    /// An ICMP echo.
    case ping
    /// A conversation with an application; without a port, that of the real server, else the service's only one.
    case application(ApplicationCheck, port: UInt16?)
    /// The server's own agent says how much it can bear; asked with these bytes, or with none.
    case agent(send: [UInt8], port: UInt16?)
    /// A program of the operator's: its path, or a name in `/etc/lbd/checks`.
    case external(command: String)
  }

  /// The way of the check's packets: the attribute `via`.
  public enum Via: String, Hashable, Sendable, CaseIterable, Codable {
    /// To the server's own address.
    case server
    /// To the VIP, over the path of the clients; with `dr` and `tun` only.
    case vip
  }

  public var kind: Kind
  public var timing: CheckTiming
  public var via: Via

  public init(_ kind: Kind, timing: CheckTiming, via: Via = .server) {
    self.kind = kind
    self.timing = timing
    self.via = via
  }
}

/// Which ports a check asks.
public enum CheckPorts: Hashable, Sendable {
  /// The real server's port, else the service's.
  case automatic
  case list([UInt16])
  /// Every port of the service, ranges by their first and last; the real server's own where it has one.
  case all
}

/// When a check runs and how its results count.
public struct CheckTiming: Hashable, Sendable {
  /// From one start to the next.
  public var interval: Duration
  /// How long one check may take.
  public var timeout: Duration
  /// Failures in a row after which a server is down.
  public var failures: Int
  /// Successes in a row after which a server is up.
  public var successes: Int
  /// The interval while the last result differs from the state; nil: ``interval``.
  public var fastInterval: Duration?

  public init(
    interval: Duration = .seconds(6), timeout: Duration = .seconds(3), failures: Int = 2, successes: Int = 1,
    fastInterval: Duration? = nil
  ) {
    self.interval = interval
    self.timeout = timeout
    self.failures = failures
    self.successes = successes
    self.fastInterval = fastInterval
  }
}

extension HealthCheck.Kind {
  /// The value of the attribute `type`.
  public var type: String {
    switch self {
    case .on: "on"
    case .off: "off"
    case .connect: "connect"
    case .ping: "ping"
    case .application(let check, _): check.type
    case .agent: "agent"
    case .external: "external"
    }
  }

  /// The ports that the check asks; nil for a check that asks none.
  public var ports: CheckPorts? {
    switch self {
    case .on, .off, .ping, .external: nil
    case .connect(let ports): ports
    case .application(_, let port): port.map { .list([$0]) } ?? .automatic
    case .agent(_, let port): .list([port ?? AgentReport.standardPort])
    }
  }
}

extension CheckPorts {
  /// The value of the attribute `port`; nil when the attribute is absent.
  public var text: String? {
    switch self {
    case .automatic: nil
    case .list(let ports): ports.map(String.init).joined(separator: ",")
    case .all: "all"
    }
  }
}
