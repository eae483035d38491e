import LoadBalancing

/// One target of a ``MonitoredTargets``: its state, its rhythm, and what its checks said.
///
/// A class, because it is large and thousands of them change every second.
final class MonitoredTarget {
  let target: CheckTarget
  private var riseAndFall: RiseAndFall
  private var schedule: CheckSchedule
  /// How many checks of it run; several only while it is suspected.
  private var running = 0
  private var startsAgain = false
  /// Checked again without waiting for the interval, until it is known whether it is down.
  private var isSuspected = false
  private var lastStart = Duration.zero
  private var lastResult: CheckResult?
  private(set) var counts = CheckCounts()
  private(set) var suspicions = CheckCounts()
  private var since: Double
  private var agent: AgentReport?

  /// From the start of one check of a suspected target to the next: two at the same moment would be one.
  private static let suspicionPause = Duration.milliseconds(100)

  init(
    _ target: CheckTarget, initially health: Health, agent: AgentReport?, schedule: CheckSchedule, since: Double
  ) {
    self.target = target
    riseAndFall = RiseAndFall(target.timing, initially: health)
    self.schedule = schedule
    self.since = since
    self.agent = agent
  }

  /// `on` and `off` have their state from the configuration.
  var fixedHealth: Health? { target.probe.fixedHealth }

  var health: Health {
    if let fixedHealth { return fixedHealth }
    guard target.isAgent else { return riseAndFall.health }
    return agent?.health ?? .unchecked
  }

  private var isUnsettled: Bool { !target.isAgent && riseAndFall.isUnsettled }

  /// Whether one more check would say something that those on their way will not.
  private var mayStart: Bool { running == 0 || isSuspected && running < riseAndFall.failuresLeft }

  var report: HealthReport {
    HealthReport(target: target, health: health, lastResult: lastResult, since: since, agent: agent)
  }

  /// When the next check may start; nil while those that run say enough.
  var nextStart: Duration? { mayStart ? schedule.nextStart : nil }

  /// Brings the next check forward; one that runs is made once more when it ends.
  ///
  /// - Returns: whether the next may start at another time than before.
  func checkNow(at now: Duration) -> Bool {
    guard fixedHealth == nil else { return false }
    if running > 0 {
      startsAgain = true
      return false
    }
    guard schedule.nextStart > now else { return false }
    schedule.start(at: now)
    return true
  }

  /// Begins a suspicion, unless there is one or the target is known to be down.
  ///
  /// - Returns: whether the next check may start at another time than before.
  func suspect(at now: Duration) -> Bool {
    guard fixedHealth == nil, health != .down, !isSuspected else { return false }
    // An agent's check that fails says nothing about the server: nothing would end that.
    isSuspected = !target.isAgent
    guard running > 0, isSuspected else { return checkNow(at: now) }
    scheduleNext(at: now)
    return true
  }

  /// Begins a check unless the next is not due at this time; the next of a suspected target does not wait until this
  /// one has ended.
  func start(due time: Duration, at now: Duration) -> Bool {
    guard nextStart == time else { return false }
    running += 1
    lastStart = now
    if isSuspected { schedule.start(at: now + Self.suspicionPause) }
    return true
  }

  /// Takes note of a check that has ended; with nil it was given up.
  ///
  /// - Returns: whether there is something to tell.
  func end(_ outcome: ProbeOutcome?, duration: Duration, at now: Duration, wallClock: Double) -> Bool {
    running -= 1
    var changed = false
    if let outcome {
      lastResult = CheckResult(
        at: wallClock, duration: duration, passed: outcome.verdict == .passed, saying: outcome.said)
      counts.count(outcome.verdict)
      let before = health
      changed = record(outcome)
      if health != before { since = wallClock }
      if isSuspected { settleSuspicion(outcome.verdict) }
    }
    scheduleNext(at: now)
    return changed
  }

  /// Chooses the next start when a check has ended.
  private func scheduleNext(at now: Duration) {
    if isSuspected {
      schedule.start(at: max(now, lastStart + Self.suspicionPause))
    } else if running == 0 {
      schedule.checkEnded(at: now, isUnsettled: isUnsettled)
      if startsAgain { schedule.start(at: now) }
      startsAgain = false
    }
  }

  /// Counts what a check said about a suspicion, unless it was one failure of several and that is still open.
  private func settleSuspicion(_ verdict: ProbeOutcome.Verdict) {
    guard verdict != .failed || health == .down else { return }
    isSuspected = false
    suspicions.count(verdict)
    schedule.start(at: lastStart)
  }

  /// Counts an outcome and says whether there is something to tell.
  private func record(_ outcome: ProbeOutcome) -> Bool {
    guard target.isAgent else {
      return outcome.verdict != .inconclusive && riseAndFall.record(passed: outcome.verdict == .passed)
    }
    // An agent's word counts at once: it knows its server.
    guard let statement = outcome.agent else { return false }
    let before = agent
    agent = agent ?? AgentReport()
    agent?.apply(statement)
    return agent != before
  }
}

extension CheckTarget.Probe {
  /// The state that the kind gives without any check; nil for those that are made.
  fileprivate var fixedHealth: Health? {
    switch self {
    case .on: .unchecked
    case .off: .down
    case .connect, .ping, .application, .agent, .external: nil
    }
  }
}
