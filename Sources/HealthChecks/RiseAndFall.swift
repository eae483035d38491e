import LoadBalancing

/// Turns the results of one check into a state: up after successes in a row, down after failures in a row.
struct RiseAndFall: Hashable {
  private let successes: Int
  private let failures: Int
  private(set) var health: Health
  /// How many results in a row speak for the other state.
  private var count = 0
  private var lastPassed: Bool?

  /// Begins with `up` or `down`; anything else begins as `unknown`.
  init(_ timing: CheckTiming, initially: Health) {
    successes = max(timing.successes, 1)
    failures = max(timing.failures, 1)
    health = initially == .up || initially == .down ? initially : .unknown
  }

  /// Whether the last result differs from the state; `unknown` differs from any.
  var isUnsettled: Bool {
    switch health {
    case .up: lastPassed == false
    case .down: lastPassed == true
    case .unknown, .unchecked: true
    }
  }

  /// How many failures in a row would now be its end.
  var failuresLeft: Int { lastPassed == false ? failures - count : failures }

  /// Counts a result and says whether the state changed; one that speaks for the state starts the count again.
  mutating func record(passed: Bool) -> Bool {
    if lastPassed != passed { count = 0 }
    lastPassed = passed
    let proven: Health = passed ? .up : .down
    guard health != proven else {
      count = 0
      return false
    }
    count += 1
    guard count >= (passed ? successes : failures) else { return false }
    health = proven
    count = 0
    return true
  }
}
