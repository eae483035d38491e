import LinuxSystem
import LoadBalancing

/// The targets of a ``HealthMonitor``: their states, and which check starts when; pure.
///
/// Each target gets a number of its own when it is first watched, never used again, so that the result of a check that
/// began for a target since removed counts for nobody.
struct MonitoredTargets {
  /// A check that is to be made now.
  struct Check: Hashable, Sendable {
    let number: UInt64
    let target: CheckTarget
  }

  private struct Entry {
    let target: CheckTarget
    var riseAndFall: RiseAndFall
    var schedule: CheckSchedule
    var isRunning = false
    var startsAgain = false
    /// Checked again without waiting for the interval, until it is known whether it is down.
    var isSuspected = false
    var lastResult: CheckResult?
    var counts = CheckCounts()
    var suspicions = CheckCounts()
    var since: Double
    var agent: AgentReport?

    /// `on` and `off` have their state from the configuration.
    var fixedHealth: Health? { target.probe.fixedHealth }

    var health: Health {
      if let fixedHealth { return fixedHealth }
      guard target.probe.isAgent else { return riseAndFall.health }
      return agent.map { $0.isDown ? .down : .up } ?? .unchecked
    }

    var isUnsettled: Bool { !target.probe.isAgent && riseAndFall.isUnsettled }

    var report: HealthReport {
      HealthReport(target: target, health: health, lastResult: lastResult, since: since, agent: agent)
    }

    /// Counts what a check said about a suspicion, unless it was one failure of several, and says whether that is open.
    mutating func settleSuspicion(_ verdict: ProbeOutcome.Verdict) -> Bool {
      isSuspected = verdict == .failed && health != .down
      if !isSuspected { suspicions.count(verdict) }
      return isSuspected
    }

    /// Counts an outcome and says whether there is something to tell.
    mutating func record(_ outcome: ProbeOutcome) -> Bool {
      guard target.probe.isAgent else {
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

  /// From the start of one check of a suspected target to the next: two at the same moment would be one.
  private static let suspicionPause = Duration.milliseconds(100)

  private var numbers: [CheckTarget: UInt64] = [:]
  private var entries: [UInt64: Entry] = [:]
  /// The next start of each target; holds some more that no longer apply, and skips them.
  private var starts = DeadlineQueue()
  private var running: Set<UInt64> = []
  private var lastNumber: UInt64 = 0

  /// Watches exactly these targets; those watched already go on undisturbed.
  ///
  /// - Returns: the numbers of the targets that are gone, and the reports of new ones whose state is known at once.
  mutating func watch(
    _ targets: Set<CheckTarget>, initially: [CheckTarget: Health], at now: Duration, wallClock: Double
  ) -> (gone: [CheckTarget: UInt64], known: [HealthReport]) {
    let gone = numbers.filter { !targets.contains($0.key) }
    for (target, number) in gone {
      numbers[target] = nil
      entries[number] = nil
    }
    numbers.reserveCapacity(targets.count)
    entries.reserveCapacity(targets.count)
    var known: [HealthReport] = []
    var index = 0
    for target in targets.subtracting(numbers.keys).sorted(by: { $0.server < $1.server }) {
      lastNumber += 1
      let entry = Entry(
        target: target, riseAndFall: RiseAndFall(target.timing, initially: initially[target] ?? .unknown),
        schedule: CheckSchedule(target.timing, index: index, now: now), since: wallClock)
      numbers[target] = lastNumber
      entries[lastNumber] = entry
      if entry.fixedHealth == nil {
        starts.insert(lastNumber, at: entry.schedule.nextStart)
        index += 1
      } else {
        known.append(entry.report)
      }
    }
    return (gone, known)
  }

  /// Brings the next check of a target forward; one that runs is made once more when it ends.
  mutating func checkNow(_ target: CheckTarget, at now: Duration) {
    guard let number = numbers[target], var entry = entries[number], entry.fixedHealth == nil else { return }
    if entry.isRunning {
      entry.startsAgain = true
    } else if entry.schedule.nextStart > now {
      entry.schedule.startNow(at: now)
      insertStart(number, at: now)
    }
    entries[number] = entry
  }

  /// Checks a target at once, and while checks fail again until it is down; one that is down keeps its rhythm.
  mutating func suspect(_ target: CheckTarget, at now: Duration) {
    guard let number = numbers[target], let entry = entries[number], entry.health != .down, !entry.isSuspected
    else { return }
    // An agent's check that fails says nothing about the server: nothing would end that.
    entries[number]?.isSuspected = !target.probe.isAgent
    checkNow(target, at: now)
  }

  /// The checks that are due, the longest overdue first, as many as may run beside those that do.
  mutating func startDue(at now: Duration, inFlightMax: Int) -> [Check] {
    var due: [Check] = []
    while running.count < inFlightMax, let first = starts.first, first.time <= now {
      _ = starts.removeFirst()
      guard applies(first), let entry = entries[first.number] else { continue }
      entries[first.number]?.isRunning = true
      running.insert(first.number)
      due.append(Check(number: first.number, target: entry.target))
    }
    return due
  }

  /// When the next check may start; nil while none waits or as many run as may.
  mutating func nextStart(inFlightMax: Int) -> Duration? {
    guard running.count < inFlightMax else { return nil }
    while let first = starts.first {
      if applies(first) { return first.time }
      _ = starts.removeFirst()
    }
    return nil
  }

  func isWatched(_ check: Check) -> Bool { entries[check.number] != nil }

  /// Counts a check that has ended.
  ///
  /// - Parameters:
  ///   - check: one that was due.
  ///   - outcome: nil for a check that was given up.
  ///   - duration: of the check.
  ///   - now: on the monotonic clock.
  ///   - wallClock: in seconds since 1970.
  /// - Returns: a report when the target's state changed, or what its agent says.
  mutating func ended(
    _ check: Check, _ outcome: ProbeOutcome?, duration: Duration, at now: Duration, wallClock: Double
  ) -> HealthReport? {
    running.remove(check.number)
    guard var entry = entries[check.number] else { return nil }
    entry.isRunning = false
    var changed = false
    if let outcome {
      entry.lastResult = CheckResult(
        at: wallClock, duration: duration, passed: outcome.verdict == .passed, message: outcome.message)
      entry.counts.count(outcome.verdict)
      let health = entry.health
      changed = entry.record(outcome)
      if entry.health != health { entry.since = wallClock }
    }
    entry.schedule.checkEnded(at: now, isUnsettled: entry.isUnsettled)
    if entry.startsAgain {
      entry.startsAgain = false
      entry.schedule.startNow(at: now)
    } else if entry.isSuspected, let outcome, entry.settleSuspicion(outcome.verdict) {
      entry.schedule.startNow(at: max(now, now - duration + Self.suspicionPause))
    }
    insertStart(check.number, at: entry.schedule.nextStart)
    entries[check.number] = entry
    return changed ? entry.report : nil
  }

  func report(of target: CheckTarget) -> HealthReport? { numbers[target].flatMap { entries[$0]?.report } }

  var reports: [HealthReport] { entries.values.map(\.report) }

  var counts: [CheckTarget: CheckCounts] {
    Dictionary(entries.values.map { ($0.target, $0.counts) }) { $1 }
  }

  /// What the checks of suspected targets said in the end.
  var suspicions: [CheckTarget: CheckCounts] {
    Dictionary(entries.values.lazy.filter { $0.suspicions != CheckCounts() }.map { ($0.target, $0.suspicions) }) { $1 }
  }

  private func applies(_ start: DeadlineQueue.Entry) -> Bool {
    guard let entry = entries[start.number] else { return false }
    return !entry.isRunning && entry.schedule.nextStart == start.time
  }

  private mutating func insertStart(_ number: UInt64, at time: Duration) {
    if starts.count > 2 * entries.count + 1024 { starts.keepOnly(applies) }
    starts.insert(number, at: time)
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

  fileprivate var isAgent: Bool { if case .agent = self { true } else { false } }
}
