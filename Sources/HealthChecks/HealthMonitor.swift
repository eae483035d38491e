public import LinuxSystem
public import LoadBalancing

/// Checks targets, each in its own rhythm, and tells when the state of one changes.
///
/// It knows targets and results, nothing of services or the kernel. Equal targets are one and are checked once. A
/// target that hangs delays no other, unless as many checks are in flight as may be.
public actor HealthMonitor {
  private let prober: any Prober
  private let executor: (any TaskExecutor)?
  private let time: Timekeeper
  private let wallClock: @Sendable () -> Double
  private let checksInFlightMax: Int
  private let batchInterval: Duration

  private var targets = MonitoredTargets()
  private var durations = DurationHistogram()
  private var checks = SlotMap<CheckInFlight>()
  private let ended = EndedChecks()
  private let counted = Signal()
  private let work = Signal()
  /// Until when ``run()`` sleeps unless there is work.
  private var sleepsUntil = Duration.zero

  /// At most one for each target: the newest.
  private var changes: [CheckTarget: HealthReport] = [:]
  private let changed = Signal()
  private var lastBatch: Duration?

  /// Makes a monitor that checks nothing until it is told what to watch and ``run()`` runs.
  ///
  /// - Parameters:
  ///   - prober: makes the checks.
  ///   - executor: runs the monitor between checks; nil for the threads that all tasks share.
  ///   - clock: a monotonic one.
  ///   - wallClock: seconds since 1970, for display only.
  ///   - checksInFlightMax: how many checks run at once; others wait, the longest overdue first. A check holds one
  ///     descriptor at a time: stay below the process's limit, see ``DescriptorLimit``.
  ///   - batchInterval: the shortest time from one batch of changes to the next.
  public init<SomeClock: Clock>(
    prober: any Prober, executor: (any TaskExecutor)? = nil, clock: SomeClock = ContinuousClock(),
    wallClock: @escaping @Sendable () -> Double = WallClock.now, checksInFlightMax: Int = 10_000,
    batchInterval: Duration = .milliseconds(50)
  ) where SomeClock.Duration == Duration {
    self.prober = prober
    self.executor = executor
    time = Timekeeper(clock)
    self.wallClock = wallClock
    self.checksInFlightMax = max(checksInFlightMax, 1)
    self.batchInterval = batchInterval
  }

  /// Watches exactly these targets from now on.
  ///
  /// Targets watched already keep their state and rhythm; the checks of those that are gone are cancelled.
  ///
  /// - Parameters:
  ///   - targets: all that are to be checked.
  ///   - initially: states known from before, for targets that are new here; others begin as `unknown`.
  ///   - agents: what agents have said before, for targets that are new here.
  public func watch(
    _ targets: Set<CheckTarget>, initially: [CheckTarget: Health] = [:], agents: [CheckTarget: AgentReport] = [:]
  ) {
    let (gone, known) = self.targets.watch(
      targets, initially: initially, agents: agents, at: time.now(), wallClock: wallClock())
    for target in gone { changes[target] = nil }
    for check in checks.values where !self.targets.isWatched(check.number) { check.running?.cancel() }
    for report in known { changes[report.target] = report }
    if !known.isEmpty { changed.raise() }
    wakeForWork()
  }

  /// Checks a watched target at once, or once more when a check of it is on its way.
  public func checkNow(_ target: CheckTarget) {
    targets.checkNow(target, at: time.now())
    wakeForWork()
  }

  /// Checks watched targets at once, and again every 100 ms until a check passes or they are down: somebody says that
  /// they are. A check does not wait for the end of the one before, so that a server that answers nobody is down soon
  /// after one timeout. Those that are down already keep their rhythm, and all others go back to it after a check that
  /// passes.
  public func suspect(_ suspected: [CheckTarget]) {
    for target in suspected { targets.suspect(target, at: time.now()) }
    wakeForWork()
  }

  /// What is known about a target; nil when it is not watched.
  public func report(of target: CheckTarget) -> HealthReport? { targets.report(of: target) }

  /// What is known about these watched targets, or with nil about all, in no order.
  public func reports(of wanted: [CheckTarget]? = nil) -> [HealthReport] {
    wanted.map { $0.compactMap(targets.report(of:)) } ?? targets.reports
  }

  public var checkWork: CheckWork {
    CheckWork(counts: targets.counts, suspicions: targets.suspicions, durations: durations)
  }

  /// Waits for changes of state and gives all there are, each target's newest; for one caller at a time.
  ///
  /// The first change after a quiet time comes at once, many together in few batches. Empty when the task is
  /// cancelled; no change is lost then.
  public func nextChanges() async -> [HealthReport] {
    while !Task.isCancelled {
      if changes.isEmpty {
        await changed.wait()
      } else if let earliest = lastBatch.map({ $0 + batchInterval }), earliest > time.now() {
        try? await time.sleep(earliest)
      } else {
        lastBatch = time.now()
        defer { changes = [:] }
        return changes.values.sorted { $0.target.server < $1.target.server }
      }
    }
    return []
  }

  /// Makes the checks until the task is cancelled; leaves nothing running behind.
  public func run() async {
    await withTaskExecutorPreference(executor) {
      while !Task.isCancelled {
        for check in targets.startDue(at: time.now(), inFlightMax: checksInFlightMax) { begin(check) }
        await waitForWork()
      }
      for check in checks.values { check.running?.cancel() }
      // In a task that is not cancelled.
      while !checks.isEmpty { await Task { await counted.wait() }.value }
    }
  }

  private func begin(_ check: MonitoredTargets.Check) {
    let (number, start) = (check.number, time.now())
    let id = checks.insert(CheckInFlight(number: number))
    let running = prober.begin(check.target) { outcome in
      self.end(EndedCheck(id: id, number: number, outcome: outcome, start: start, end: self.time.now()))
    }
    if let running { checks.replace(id, by: CheckInFlight(number: number, running: running)) }
  }

  /// Of those that end together the first has them all counted: to come here takes longer than most of what there is to
  /// do.
  private nonisolated func end(_ check: EndedCheck) {
    guard ended.add(check) else { return }
    Task(executorPreference: executor) { await self.countEnded() }
  }

  private func countEnded() {
    let now = time.now()
    for ended in ended.take() {
      checks.remove(ended.id)
      let duration = ended.end - ended.start
      if ended.outcome != nil { durations.add(duration) }
      let report = targets.ended(ended.number, ended.outcome, duration: duration, at: now, wallClock: wallClock())
      guard let report else { continue }
      changes[report.target] = report
      changed.raise()
    }
    counted.raise()
    wakeForWork()
  }

  private func wakeForWork() {
    if let next = targets.nextStart(inFlightMax: checksInFlightMax), next < sleepsUntil { work.raise() }
  }

  /// Sleeps until the next check may start.
  private func waitForWork() async {
    let next = targets.nextStart(inFlightMax: checksInFlightMax)
    sleepsUntil = next ?? .seconds(Int64.max)
    await withDiscardingTaskGroup { timer in
      if let next {
        timer.addTask { [time, work] in
          guard (try? await time.sleep(next)) != nil else { return }
          work.raise()
        }
      }
      await work.wait()
      timer.cancelAll()
    }
    sleepsUntil = .zero
  }
}

private struct CheckInFlight {
  /// The target's.
  let number: UInt64
  /// nil while it begins, and for one that ended then.
  var running: (any RunningCheck)?
}
