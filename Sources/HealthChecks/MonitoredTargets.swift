import LinuxSystem
import LoadBalancing

/// The targets of a ``HealthMonitor``: their states, and which check starts when; pure.
///
/// Each target gets a number of its own when it is first watched, never used again, so that the result of a check that
/// began for a target since removed counts for nobody.
struct MonitoredTargets {
  /// A check that is to be made now.
  struct Check: Identifiable, Sendable {
    let id: UInt64
    /// The target's.
    let number: UInt64
    let target: CheckTarget
  }

  private struct Entry {
    let target: CheckTarget
    var riseAndFall: RiseAndFall
    var schedule: CheckSchedule
    /// How many checks of it run; several only while it is suspected.
    var running = 0
    var startsAgain = false
    /// Checked again without waiting for the interval, until it is known whether it is down.
    var isSuspected = false
    var lastStart = Duration.zero
    var lastResult: CheckResult?
    var counts = CheckCounts()
    var suspicions = CheckCounts()
    var since: Double
    var agent: AgentReport?

    /// `on` and `off` have their state from the configuration.
    var fixedHealth: Health? { target.probe.fixedHealth }

    var health: Health {
      if let fixedHealth { return fixedHealth }
      guard target.isAgent else { return riseAndFall.health }
      return agent?.health ?? .unchecked
    }

    var isUnsettled: Bool { !target.isAgent && riseAndFall.isUnsettled }

    /// Whether one more check would say something that those on their way will not.
    var mayStart: Bool { running == 0 || isSuspected && running < riseAndFall.failuresLeft }

    var report: HealthReport {
      HealthReport(target: target, health: health, lastResult: lastResult, since: since, agent: agent)
    }

    /// When the next check may start; nil while those that run say enough.
    var nextStart: Duration? { mayStart ? schedule.nextStart : nil }

    /// Begins a check unless the next is not due at this time; the next of a suspected target does not wait until this
    /// one has ended.
    mutating func start(due time: Duration, at now: Duration) -> Bool {
      guard nextStart == time else { return false }
      running += 1
      lastStart = now
      if isSuspected { schedule.start(at: now + MonitoredTargets.suspicionPause) }
      return true
    }

    /// Takes note of a check that has ended; with nil it was given up.
    ///
    /// - Returns: whether there is something to tell.
    mutating func end(_ outcome: ProbeOutcome?, duration: Duration, at now: Duration, wallClock: Double) -> Bool {
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
    mutating func scheduleNext(at now: Duration) {
      if isSuspected {
        schedule.start(at: max(now, lastStart + MonitoredTargets.suspicionPause))
      } else if running == 0 {
        schedule.checkEnded(at: now, isUnsettled: isUnsettled)
        if startsAgain { schedule.start(at: now) }
        startsAgain = false
      }
    }

    /// Counts what a check said about a suspicion, unless it was one failure of several and that is still open.
    mutating func settleSuspicion(_ verdict: ProbeOutcome.Verdict) {
      guard verdict != .failed || health == .down else { return }
      isSuspected = false
      suspicions.count(verdict)
      schedule.start(at: lastStart)
    }

    /// Counts an outcome and says whether there is something to tell.
    mutating func record(_ outcome: ProbeOutcome) -> Bool {
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

  /// From the start of one check of a suspected target to the next: two at the same moment would be one.
  fileprivate static let suspicionPause = Duration.milliseconds(100)

  private var numbers: [CheckTarget: UInt64] = [:]
  private var entries: [UInt64: Entry] = [:]
  /// The next start of each target; holds some more that no longer apply, and skips them.
  private var starts = DeadlineQueue()
  private var inFlight = 0
  private var lastNumber: UInt64 = 0
  private var lastCheck: UInt64 = 0

  /// Watches exactly these targets; those watched already go on undisturbed.
  ///
  /// - Returns: the targets that are gone, and the reports of new ones whose state is known at once.
  mutating func watch(
    _ targets: Set<CheckTarget>, initially: [CheckTarget: Health], agents: [CheckTarget: AgentReport],
    at now: Duration, wallClock: Double
  ) -> (gone: Set<CheckTarget>, known: [HealthReport]) {
    let gone = Set(numbers.keys).subtracting(targets)
    for target in gone {
      if let number = numbers.removeValue(forKey: target) { entries[number] = nil }
    }
    numbers.reserveCapacity(targets.count)
    entries.reserveCapacity(targets.count)
    var known: [HealthReport] = []
    var index = 0
    for target in targets.subtracting(numbers.keys).sorted(by: { $0.server < $1.server }) {
      lastNumber += 1
      let entry = Entry(
        target: target, riseAndFall: RiseAndFall(target.timing, initially: initially[target] ?? .unknown),
        schedule: CheckSchedule(target.timing, index: index, now: now), since: wallClock, agent: agents[target])
      numbers[target] = lastNumber
      entries[lastNumber] = entry
      if entry.fixedHealth == nil {
        insertStart(lastNumber)
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
    if entry.running > 0 {
      entry.startsAgain = true
      entries[number] = entry
    } else if entry.schedule.nextStart > now {
      entry.schedule.start(at: now)
      entries[number] = entry
      insertStart(number)
    }
  }

  /// Checks a target at once, and until one passes or it is down again every 100 ms, whether those before have ended or
  /// not; as many at a time as would take it down. One that is down keeps its rhythm.
  mutating func suspect(_ target: CheckTarget, at now: Duration) {
    guard let number = numbers[target], let entry = entries[number], entry.health != .down, !entry.isSuspected
    else { return }
    // An agent's check that fails says nothing about the server: nothing would end that.
    entries[number]?.isSuspected = !target.isAgent
    guard entry.running > 0, !target.isAgent else { return checkNow(target, at: now) }
    entries[number]?.scheduleNext(at: now)
    insertStart(number)
  }

  /// The checks that are due, the longest overdue first, as many as may run beside those that do.
  mutating func startDue(at now: Duration, inFlightMax: Int) -> [Check] {
    var due: [Check] = []
    while inFlight < inFlightMax, let first = starts.first, first.time <= now {
      _ = starts.removeFirst()
      // Changed in place: an entry is large, and there are thousands of checks a second.
      guard let index = entries.index(forKey: first.number),
        entries.values[index].start(due: first.time, at: now)
      else { continue }
      insertStart(first.number)
      inFlight += 1
      lastCheck += 1
      due.append(Check(id: lastCheck, number: first.number, target: entries.values[index].target))
    }
    return due
  }

  /// When the next check may start; nil while none waits or as many run as may.
  mutating func nextStart(inFlightMax: Int) -> Duration? {
    guard inFlight < inFlightMax else { return nil }
    while let first = starts.first {
      if applies(first) { return first.time }
      _ = starts.removeFirst()
    }
    return nil
  }

  /// Counts a check that has ended.
  ///
  /// - Parameters:
  ///   - number: its target's.
  ///   - outcome: nil for a check that was given up.
  ///   - duration: of the check.
  ///   - now: on the monotonic clock.
  ///   - wallClock: in seconds since 1970.
  /// - Returns: a report when the target's state changed, or what its agent says.
  mutating func ended(
    _ number: UInt64, _ outcome: ProbeOutcome?, duration: Duration, at now: Duration, wallClock: Double
  ) -> HealthReport? {
    inFlight -= 1
    guard let index = entries.index(forKey: number) else { return nil }
    let changed = entries.values[index].end(outcome, duration: duration, at: now, wallClock: wallClock)
    insertStart(number)
    return changed ? entries.values[index].report : nil
  }

  func isWatched(_ number: UInt64) -> Bool { entries[number] != nil }

  func report(of target: CheckTarget) -> HealthReport? { numbers[target].flatMap { entries[$0]?.report } }

  var reports: [HealthReport] { entries.values.map(\.report) }

  var counts: [CheckTarget: CheckCounts] {
    Dictionary(entries.values.map { ($0.target, $0.counts) }) { $1 }
  }

  /// What the checks of suspected targets said in the end.
  var suspicions: [CheckTarget: CheckCounts] {
    Dictionary(entries.values.lazy.filter { $0.suspicions != CheckCounts() }.map { ($0.target, $0.suspicions) }) { $1 }
  }

  private func applies(_ start: DeadlineQueue.Entry) -> Bool { entries[start.number]?.nextStart == start.time }

  /// Enters a target's next start, unless its checks that run say enough.
  private mutating func insertStart(_ number: UInt64) {
    guard let time = entries[number]?.nextStart else { return }
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
}
