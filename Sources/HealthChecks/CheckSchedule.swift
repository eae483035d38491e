import LoadBalancing

/// When a check runs: its first start, then from start to start, whatever others do.
///
/// Times count from the monitor's own origin.
struct CheckSchedule: Hashable {
  private let interval: Duration
  private let fastInterval: Duration
  /// The time from the first start to the second; nil after it.
  private var firstPeriod: Duration?
  /// What the intervals lead to, whether it lies on a tick or not.
  private var due: Duration
  private(set) var nextStart: Duration

  /// The first starts of many checks lie this close together at most.
  static let spread = Duration.milliseconds(250)
  /// Starts lie on ticks of the monitor's time, so that the checks of one tick need one wake-up.
  private static let tick = Duration.milliseconds(25)
  private static let shortestInterval = tick

  /// - Parameters:
  ///   - timing: of the check.
  ///   - index: of the check among those that begin together. It decides where in the spread the first start lies, and
  ///     where in the interval all later ones.
  ///   - now: the earliest first start.
  init(_ timing: CheckTiming, index: Int, now: Duration) {
    interval = max(timing.interval, Self.shortestInterval)
    fastInterval = max(timing.fastInterval ?? timing.interval, Self.shortestInterval)
    let fraction = Self.fraction(of: index)
    due = now + min(Self.spread, interval) * fraction
    nextStart = due.roundedDown(toMultipleOf: Self.tick)
    firstPeriod = max(interval * (1 - fraction), Self.tick)
  }

  /// Starts the check then, and counts its intervals from there.
  mutating func start(at time: Duration) { (due, nextStart) = (time, time) }

  /// Chooses the next start when a check has ended.
  ///
  /// A check that took longer than the interval skips the periods that it filled: the rhythm stays, and nothing is
  /// made up for.
  mutating func checkEnded(at end: Duration, isUnsettled: Bool) {
    let period = isUnsettled ? fastInterval : interval
    due += min(firstPeriod ?? period, period)
    firstPeriod = nil
    if due < end { due += (end - due).roundedUp(toMultipleOf: period) }
    nextStart = due.roundedDown(toMultipleOf: Self.tick)
  }

  /// 0, 1/2, 1/4, 3/4, 1/8, …: however many there are, they lie evenly (van der Corput's sequence).
  private static func fraction(of index: Int) -> Double {
    Double(UInt32(truncatingIfNeeded: index).bitReversed) / 0x1p32
  }
}

extension Duration {
  fileprivate func roundedDown(toMultipleOf step: Duration) -> Duration {
    Duration(attoseconds: attoseconds / step.attoseconds * step.attoseconds)
  }

  fileprivate func roundedUp(toMultipleOf step: Duration) -> Duration {
    (self + step - Duration(attoseconds: 1)).roundedDown(toMultipleOf: step)
  }
}

extension UInt32 {
  fileprivate var bitReversed: UInt32 {
    var rest = self
    var reversed: UInt32 = 0
    for _ in 0..<32 {
      reversed = reversed << 1 | rest & 1
      rest >>= 1
    }
    return reversed
  }
}
