public import HealthChecks
import IPVS
import Interfaces
public import LinuxSystem
public import LoadBalancing

/// The load-balancing node: brings together configuration, operator and health, and keeps the kernel in accord.
///
/// Every event takes the same road: it changes the ``Model``, the model tells what the kernel should hold, the plan
/// is the difference to what it holds, and the difference is applied. Turns of this road never overlap.
public actor Director {
  private let executor: ThreadExecutor
  let kernel: any Kernel
  let monitor: HealthMonitor
  let store: any StateStore
  let prober: any AddressProber
  nonisolated let checkRoutes: CheckRoutes
  var course: Course
  /// Seconds since 1970.
  let now: @Sendable () -> Double
  var events: EventLog
  var status = DirectorStatus()
  /// Came up and nobody has been asked yet who else has them.
  var unprobed: [InterfaceAddress] = []
  let probeRequests: AsyncStream<Void>
  private let requestProbe: AsyncStream<Void>.Continuation

  var savedOnDisk: SavedState?
  var beingSaved: SavedState?
  var isSaving = false
  /// Who waits for the next time that the state is saved.
  var savers: [() -> Void] = []
  /// Seconds since 1970.
  private var lastLook: Double?
  /// Came up since the last look; neighbours are told a second time then.
  private var recentAddresses: [InterfaceAddress] = []
  private var turnsBegun = 0
  private var hasEnded = false
  var isWatching = false
  var mustWatch = false
  private var waiters: [Waiter] = []
  private let wakeups: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  /// Turns that broke off.
  private let breaks: AsyncStream<Void>
  private let noteBreak: AsyncStream<Void>.Continuation

  nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - executor: the Director's own thread, so that nobody who is busy elsewhere keeps it waiting.
  ///   - saved: what was remembered from the last run.
  ///   - checkRoutes: is told of the ways that are ready for checks through virtual addresses.
  ///   - history: the events of earlier runs, oldest first.
  ///   - now: seconds since 1970, for events.
  ///   - observe: is told of each event, for the log.
  public init(
    executor: ThreadExecutor, configuration: LoadBalancer, saved: SavedState, kernel: any Kernel,
    monitor: HealthMonitor, store: any StateStore,
    prober: any AddressProber, checkRoutes: CheckRoutes = CheckRoutes(), history: [DirectorEvent] = [],
    now: @escaping @Sendable () -> Double, observe: @escaping @Sendable (DirectorEvent) -> Void
  ) {
    self.executor = executor
    self.kernel = kernel
    self.monitor = monitor
    self.store = store
    self.prober = prober
    self.checkRoutes = checkRoutes
    course = Course(model: Model(configuration: configuration, saved: saved))
    self.now = now
    events = EventLog(history: history, now: now, observe: observe)
    (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (breaks, noteBreak) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (probeRequests, requestProbe) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Looks at the kernel for the first time and takes over what an earlier run left there.
  ///
  /// Where IPVS or nf_tables is missing this is done by the first look that finds them, and nothing served until then.
  /// - Throws: ``KernelError`` when the kernel cannot be used, ``AddressConflicts`` when the configuration cannot be.
  public func start() async throws {
    var first: ObservedState?
    do throws(KernelError) {
      first = try await kernel.observe(sysctls: [], counting: false)
    } catch {
      guard error.code == .missing else { throw error }
      failed(error)
      events.add(.daemon, .warning, "lbd serves nothing until the kernel has it, and looks for it every few seconds")
    }
    if let first {
      _ = course.saw(first, by: Course.Question())
      try course.model.checkAddresses(on: first.interfaces)
      await takeOver(first)
    } else {
      try course.model.checkAddresses(on: try await kernel.interfaces())
    }
    wake.yield()
  }

  private func takeOver(_ first: ObservedState) async {
    course.model.takeOver(first)
    await watch()
  }

  /// Keeps the kernel in accord until the task is cancelled; nothing is taken out of the kernel at the end.
  public func run<C: Clock<Duration>>(clock: C = ContinuousClock()) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.monitor.run() }
      group.addTask { await self.followHealth() }
      group.addTask {
        await self.follow(clock) { kernel async throws(KernelError) in try await kernel.nextInterfaceChange() }
      }
      group.addTask {
        await self.follow(clock) { kernel async throws(KernelError) in try await kernel.nextPacketMarkChange() }
      }
      group.addTask { await self.lookRegularly(clock) }
      group.addTask { await self.tryAgain(clock) }
      group.addTask { await self.probeAddresses() }
      for await _ in wakeups { await turn() }
      group.cancelAll()
      hasEnded = true
      await save()
      finishWaiters(upTo: .max, .ended)
    }
  }

  private struct Waiter {
    let turn: Int
    let waitsForDisk: Bool
    let continuation: CheckedContinuation<TurnOutcome, Never>
  }

  /// Marks services for the next turn and returns when it is over and, unless told otherwise, remembered.
  @discardableResult
  func settle(
    _ labels: Set<String> = [], look: Course.Look = .nothing, waitsForDisk: Bool = true
  ) async -> TurnOutcome {
    request(labels, look: look)
    guard !hasEnded else {
      await save()
      return .ended
    }
    let needed = turnsBegun + 1
    return await withCheckedContinuation {
      waiters.append(Waiter(turn: needed, waitsForDisk: waitsForDisk, continuation: $0))
    }
  }

  /// Returns when a turn that began after the call is over.
  public func turnRound() async { await settle(waitsForDisk: false) }

  func request(_ labels: Set<String> = [], look: Course.Look = .nothing) {
    course.request(labels, look: look)
    wake.yield()
  }

  private func lookRegularly<C: Clock<Duration>>(_ clock: C) async {
    while !Task.isCancelled {
      try? await clock.sleep(for: status.lookInterval)
      await settle(look: .everything, waitsForDisk: false)
    }
  }

  /// A turn that broke off is made again after a second, however rare looks are, unless the kernel lacks a part: that
  /// is looked for ever more rarely.
  private func tryAgain<C: Clock<Duration>>(_ clock: C) async {
    for await _ in breaks {
      try? await clock.sleep(for: .seconds(1))
      wake.yield()
    }
  }

  /// One way down the road from the model to the kernel.
  @discardableResult
  func turn() async -> TurnOutcome {
    turnsBegun += 1
    let number = turnsBegun
    let turn = course.begin()
    let (began, spent) = (ContinuousClock.now, processorTime)
    defer { status.turnDurations.add(began.duration(to: .now)) }
    let outcome: TurnOutcome
    do {
      try await look(turn.look)
      let plan = course.plan(turn)
      if turn.look == .everything { status.lookInterval = lookInterval(since: spent) }
      guard let refusals = try await carryOut(plan, turn) else {
        // Whoever waits for this turn waits for the next.
        wake.yield()
        return .made(refusals: [])
      }
      outcome = .made(refusals: refusals)
      if case .everything = turn.scope { await prepareChecks() }
      // The interval covers what follows a look that changes nothing, and mending again and again what others undo.
      if course.contest.isOn || turn.look == .everything && plan.changes.isEmpty {
        status.lookInterval = max(status.lookInterval, lookInterval(since: spent))
      }
      succeeded()
    } catch {
      course.brokeOff()
      if error.code != .missing { noteBreak.yield() }
      failed(error)
      outcome = .brokeOff(error)
    }
    finishWaiters(upTo: number, outcome)
    return outcome
  }

  private var processorTime: Duration { executor.processorTime + kernel.processorTime }

  /// A look and what it is compared with take a hundredth of a processor, or more of a table for which looks would be
  /// too rare then.
  private func lookInterval(since spent: Duration) -> Duration {
    min(max(.seconds(1), (processorTime - spent) * 100), .seconds(30))
  }

  private func look(_ look: Course.Look) async throws(KernelError) {
    switch look {
    case .nothing: return
    case .notified:
      let interfaces = try await kernel.interfaces()
      let marks = try await kernel.packetMarks()
      if let risen = course.saw(interfaces, marks) { return try await announce(risen) }
    case .everything: break
    }
    let distant = course.distantServers
    if !distant.isEmpty { course.found(try await kernel.routes(to: distant)) }
    let question = course.question
    let observed = try await kernel.observe(sysctls: question.sysctls, counting: question.counting)
    let isFirst = course.observed == nil
    let began = now()
    let (risen, settled) = course.saw(observed, by: question, after: Int(clamping: Int64(began - (lastLook ?? began))))
    lastLook = began
    if isFirst { await takeOver(observed) }
    tellSettled(settled)
    let again = Set(recentAddresses).union(risen).sorted()
    recentAddresses = []
    try await announce(again)
  }

  /// - Returns: what the kernel refused; nil when the turn is put off for want of a better look.
  private func carryOut(
    _ plan: Course.TurnPlan, _ turn: Course.Turn
  ) async throws(KernelError) -> [KernelFailure]? {
    guard !plan.isPutOff else { return nil }
    if case .everything = turn.scope, let interfaces = course.observed?.interfaces {
      tellUnplacedAddresses(on: interfaces)
    }
    guard !plan.changes.isEmpty else {
      report([], turn.scope)
      return []
    }
    // The kernel comes first unless lbd would not know for its own what an interrupted run leaves there.
    if !isKnownOnDisk { await save() }
    let failures = try await kernel.apply(plan.changes)
    let refused = Set(failures.compactMap(\.change))
    let made = plan.changes.filter { !refused.contains($0) }
    course.made(made)
    tell(repairs: plan.repairs.filter { !refused.contains($0) })
    let added = made.compactMap { if case .interface(.addAddress(let place)) = $0 { place } else { nil } }
    recentAddresses += added
    // Who refuses what was planned on an old look may not be as it was then.
    let isStale = !failures.isEmpty && turn.look != .everything
    if isStale { course.request(look: .everything) } else { report(failures, turn.scope) }
    try await announce(added)
    unprobed += added
    requestProbe.yield()
    return isStale ? nil : failures
  }

  /// However slow the disk, turns go on: only who acted waits until what is remembered of it is safe.
  private func finishWaiters(upTo turn: Int, _ outcome: TurnOutcome) {
    let finished = waiters.filter { $0.turn <= turn }
    waiters.removeAll { $0.turn <= turn }
    for waiter in finished where !waiter.waitsForDisk { waiter.continuation.resume(returning: outcome) }
    let patient = finished.filter(\.waitsForDisk)
    guard !patient.isEmpty else { return saveSoon(nil) }
    saveSoon {
      for waiter in patient { waiter.continuation.resume(returning: outcome) }
    }
  }
}
