import LinuxSystem
public import LoadBalancing

/// Makes checks and says how they went.
///
/// For the kinds that send something, never `on` and `off`.
public protocol Prober: Sendable {
  /// Begins a check.
  ///
  /// - Parameter then: called once, on any thread, within the target's timeout; with nil when the check was cancelled.
  /// - Returns: the check on its way; nil when it has ended already.
  func begin(_ target: CheckTarget, then: @escaping @Sendable (ProbeOutcome?) -> Void) -> (any RunningCheck)?
}

/// A check on its way; an object, of which thousands are held.
public protocol RunningCheck: AnyObject, Sendable {
  /// Ends it soon.
  func cancel()
}

/// How one check went.
public struct ProbeOutcome: Hashable, Sendable {
  public enum Verdict: Hashable, Sendable {
    case passed
    case failed
    /// The check could not be made for a reason on this machine: it says nothing about the server.
    case inconclusive
  }

  public let verdict: Verdict
  /// For people: `port 1099: connection refused (ECONNREFUSED)`; one line of bounded length, without control
  /// characters, whatever the server sent.
  public var message: String { said.text }
  let said: CheckMessage
  /// What the server's agent says; nil for other kinds.
  public let agent: AgentStatement?
  /// Why the server's port could not be reached at all; nil where it was.
  let unreached: WaitError?

  public init(_ verdict: Verdict, _ message: String, agent: AgentStatement? = nil) {
    self.init(verdict, message, agent: agent, unreached: nil)
  }

  init(_ verdict: Verdict, _ message: String, agent: AgentStatement? = nil, unreached: WaitError?) {
    self.init(verdict, .words(Presentable.message(message)), agent: agent, unreached: unreached)
  }

  init(_ verdict: Verdict, _ said: CheckMessage, agent: AgentStatement? = nil, unreached: WaitError? = nil) {
    self.verdict = verdict
    self.said = said
    self.agent = agent
    self.unreached = unreached
  }
}

extension ProbeOutcome {
  /// What is known of the way there makes no other outcome.
  public static func == (left: ProbeOutcome, right: ProbeOutcome) -> Bool {
    left.verdict == right.verdict && left.said == right.said && left.agent == right.agent
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(verdict)
    hasher.combine(said)
    hasher.combine(agent)
  }

  static func inconclusive(_ message: String) -> ProbeOutcome { ProbeOutcome(.inconclusive, message) }

  /// The same with more words at the end.
  func adding(_ words: String) -> ProbeOutcome {
    ProbeOutcome(verdict, message + words, agent: agent, unreached: unreached)
  }

  /// The same of a server that had been reached before.
  var afterConnecting: ProbeOutcome { ProbeOutcome(verdict, message, agent: agent) }
}
