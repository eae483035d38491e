/// Something that an operator may want to know about.
public struct DirectorEvent: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// lbd started, stopped, withdrew or resumed.
    case daemon
    /// A configuration was applied or refused.
    case configuration
    /// The operator took a server in or out.
    case operatorAction = "operator"
    /// The health of a server changed, or the weight that its agent wants.
    case health
    /// The colour of a virtual service changed with its servers'.
    case service
    /// The fallback of a service came or went.
    case fallback
    /// The kernel held something else than lbd had put there.
    case repair
    /// A change was refused by the kernel, or a file could not be written.
    case failure = "error"
    /// Something is likely to be wrong, though lbd goes on.
    case warning
  }

  public enum Severity: String, Hashable, Sendable, Codable {
    case information
    case warning
    case error
  }

  /// Grows by one with each event, over restarts too while the earlier events are known.
  public let id: Int
  /// Seconds since 1970.
  public let at: Double
  public let kind: Kind
  public let severity: Severity
  public let service: String?
  public let server: String?
  /// For a change of state what it is now, in one word: `up`, `down`, `unknown`, `unchecked` or `weight` (health),
  /// `online`, `drain`, `halt` (operator), `green`, `yellow`, `red`, `blue` (service), `serves`, `standby` (fallback).
  public let state: String?
  /// Who did it, for an operator's action.
  public let user: String?
  /// One line.
  public let message: String
}
