public import LoadBalancing

/// How many checks of a target have ended how since it has been watched.
public struct CheckCounts: Hashable, Sendable {
  public var passed: UInt64 = 0
  public var failed: UInt64 = 0
  /// They said nothing of the server.
  public var inconclusive: UInt64 = 0

  public init() {}

  mutating func count(_ verdict: ProbeOutcome.Verdict) {
    switch verdict {
    case .passed: passed += 1
    case .failed: failed += 1
    case .inconclusive: inconclusive += 1
    }
  }

  public static func += (left: inout CheckCounts, right: CheckCounts) {
    left.passed += right.passed
    left.failed += right.failed
    left.inconclusive += right.inconclusive
  }
}

/// What a ``HealthMonitor`` has done.
public struct CheckWork: Sendable {
  public let counts: [CheckTarget: CheckCounts]
  /// How often suspected targets were found to be up, down, or neither; of those that have been suspected.
  public let suspicions: [CheckTarget: CheckCounts]
  /// Of all checks since the start.
  public let durations: DurationHistogram
}
