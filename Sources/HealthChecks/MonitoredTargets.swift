import LinuxSystem
import LoadBalancing

/// The targets of a ``HealthMonitor``: their states, and which check starts when; nothing here waits.
///
/// Each target gets a number of its own when it is first watched, never used again, so that the result of a check that
/// began for a target since removed counts for nobody.
struct MonitoredTargets {
  /// A check that is to be made now.
  struct Check: Sendable {
    /// The target's.
    let number: UInt64
    let target: CheckTarget
  }

  private var numbers: [CheckTarget: UInt64] = [:]
  private var entries = SlotMap<MonitoredTarget>()
  /// The next start of each target; holds some more that no longer apply, and skips them.
  private var starts = DeadlineQueue()
  private var inFlight = 0

  /// Watches exactly these targets; those watched already go on undisturbed.
  ///
  /// - Returns: the targets that are gone, and the reports of new ones whose state is known at once.
  mutating func watch(
    _ targets: Set<CheckTarget>, initially: [CheckTarget: Health], agents: [CheckTarget: AgentReport],
    at now: Duration, wallClock: Double
  ) -> (gone: Set<CheckTarget>, known: [HealthReport]) {
    let gone = Set(numbers.keys).subtracting(targets)
    for target in gone {
      if let number = numbers.removeValue(forKey: target) { entries.remove(number) }
    }
    numbers.reserveCapacity(targets.count)
    var known: [HealthReport] = []
    var index = 0
    for target in targets.subtracting(numbers.keys).sorted(by: { $0.server < $1.server }) {
      let entry = MonitoredTarget(
        target, initially: initially[target] ?? .unknown, agent: agents[target],
        schedule: CheckSchedule(target.timing, index: index, now: now), since: wallClock)
      let number = entries.insert(entry)
      numbers[target] = number
      if entry.fixedHealth == nil {
        insertStart(of: entry, number)
        index += 1
      } else {
        known.append(entry.report)
      }
    }
    return (gone, known)
  }

  /// Brings the next check of a target forward; one that runs is made once more when it ends.
  mutating func checkNow(_ target: CheckTarget, at now: Duration) {
    guard let number = numbers[target], let entry = entries[number] else { return }
    if entry.checkNow(at: now) { insertStart(of: entry, number) }
  }

  /// Checks a target at once, and until one passes or it is down again every 100 ms, whether those before have ended or
  /// not; as many at a time as would take it down. One that is down keeps its rhythm.
  mutating func suspect(_ target: CheckTarget, at now: Duration) {
    guard let number = numbers[target], let entry = entries[number] else { return }
    if entry.suspect(at: now) { insertStart(of: entry, number) }
  }

  /// The checks that are due, the longest overdue first, as many as may run beside those that do.
  mutating func startDue(at now: Duration, inFlightMax: Int) -> [Check] {
    var due: [Check] = []
    while inFlight < inFlightMax, let first = starts.first, first.time <= now {
      _ = starts.removeFirst()
      guard let entry = entries[first.number], entry.start(due: first.time, at: now) else { continue }
      insertStart(of: entry, first.number)
      inFlight += 1
      due.append(Check(number: first.number, target: entry.target))
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
    guard let entry = entries[number] else { return nil }
    let changed = entry.end(outcome, duration: duration, at: now, wallClock: wallClock)
    insertStart(of: entry, number)
    return changed ? entry.report : nil
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
  private mutating func insertStart(of entry: MonitoredTarget, _ number: UInt64) {
    guard let time = entry.nextStart else { return }
    if starts.count > 2 * entries.count + 1024 { starts.keepOnly(applies) }
    starts.insert(number, at: time)
  }
}
