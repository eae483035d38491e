public import LoadBalancing

/// Figures about the Director's work since it started.
public struct DirectorStatus: Sendable {
  /// Changes that undid what somebody else had changed.
  public internal(set) var repairs = 0
  /// How many changes somebody else undoes again and again.
  public internal(set) var contested = 0
  /// What they are, in an operator's words; a bounded number.
  public internal(set) var contestWarnings: [String] = []
  /// The newest failure that has not been mended since; nil when all is well.
  public internal(set) var lastError: Failure?
  /// Why the state file could not be written at the last attempt.
  public internal(set) var stateFileError: String?
  /// Addresses of ours that somebody else answered for when they came up, in an operator's words.
  public internal(set) var addressWarnings: [IPAddress: String] = [:]
  /// Virtual addresses that no interface here can take, in an operator's words.
  public internal(set) var unplacedAddresses: [IPAddress: String] = [:]
  /// What the last examination in the background found.
  public internal(set) var mistakes: [Mistake] = []
  /// What the kernel refused at the last attempt, in words.
  var refusals: Set<String> = []
  var lookInterval = Duration.seconds(1)
  var turnDurations = DurationHistogram()
  /// How often the health of servers has changed.
  var healthChanges: [ServerName: UInt64] = [:]

  public init() {}

  /// Something that went wrong.
  public struct Failure: Hashable, Sendable {
    /// Seconds since 1970.
    public let at: Double
    /// With the raw cause and the remedy.
    public let message: String
  }
}
