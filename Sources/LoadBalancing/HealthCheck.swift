/// A health check as configured, with the global defaults filled in.
public struct HealthCheck: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Always up, nothing is sent.
    case on
    /// Always down, nothing is sent.
    case off
    /// A TCP connection to every port.
    case connect(CheckPorts)
  }

  public var kind: Kind
  public var timing: CheckTiming

  public init(_ kind: Kind, timing: CheckTiming) {
    self.kind = kind
    self.timing = timing
  }
}

/// Which ports a check asks.
public enum CheckPorts: Hashable, Sendable {
  /// The real server's port, else the service's.
  case automatic
  case list([UInt16])
  /// Every port of the service, ranges by their first and last.
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
