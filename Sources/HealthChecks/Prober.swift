public import LoadBalancing

/// Makes one check and says how it went.
public protocol Prober: Sendable {
  /// Ends within the target's timeout, and soon when the task is cancelled.
  ///
  /// Called for the kinds that send something, never for `on` and `off`.
  @concurrent func probe(_ target: CheckTarget) async -> ProbeOutcome
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
  public let message: String

  public init(_ verdict: Verdict, _ message: String) {
    self.verdict = verdict
    self.message = Presentable.message(message)
  }
}
