public import LoadBalancing

/// What is known about one target.
public struct HealthReport: Hashable, Sendable {
  public let target: CheckTarget
  public let health: Health
  /// The last check that ended; nil before the first, and for `on` and `off`.
  public let lastResult: CheckResult?
  /// When the target came into this state, in seconds since 1970.
  public let since: Double
  /// What the server's agent has said; nil for other kinds, and while it has said nothing.
  public let agent: AgentReport?

  public init(
    target: CheckTarget, health: Health, lastResult: CheckResult?, since: Double, agent: AgentReport? = nil
  ) {
    self.target = target
    self.health = health
    self.lastResult = lastResult
    self.since = since
    self.agent = agent
  }
}

/// How one check of a target ended.
public struct CheckResult: Hashable, Sendable {
  /// When it ended, in seconds since 1970.
  public let at: Double
  public let duration: Duration
  public let passed: Bool
  /// For people: `connected to port 1099 in 0.4 ms`.
  public var message: String { said.text }
  private let said: CheckMessage

  public init(at: Double, duration: Duration, passed: Bool, message: String) {
    self.init(at: at, duration: duration, passed: passed, saying: .words(message))
  }

  init(at: Double, duration: Duration, passed: Bool, saying said: CheckMessage) {
    self.at = at
    self.duration = duration
    self.passed = passed
    self.said = said
  }
}
