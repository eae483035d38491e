public import HealthChecks
import IPVS
import Interfaces
public import LoadBalancing

/// The load-balancing node: brings together configuration, operator and health, and keeps the kernel in accord.
///
/// Every event takes the same road: it changes the ``Model``, the model tells what the kernel should hold, the plan
/// is the difference to what it holds, and the difference is applied. Turns of this road never overlap.
public actor Director {
  let kernel: any Kernel
  let monitor: HealthMonitor
  let store: any StateStore
  let prober: any AddressProber
  nonisolated let checkRoutes: CheckRoutes
  var model: Model
  /// Seconds since 1970.
  let now: @Sendable () -> Double
  var events: EventLog
  var observed: ObservedState?
  var status = DirectorStatus()
  /// Came up and nobody has been asked yet who else has them.
  var unprobed: [InterfaceAddress] = []
  let probeRequests: AsyncStream<Void>
  private let requestProbe: AsyncStream<Void>.Continuation

  /// The services whose desired state may have changed since the last turn.
  private var dirty: Set<String> = []
  /// Whether the next turn compares everything.
  private var comparesAll = true
  /// Whether the next turn looks at the kernel first.
  private var looksFirst = true
  private var savedOnDisk: SavedState?
  /// Came up since the last look; neighbours are told a second time then.
  private var recentAddresses: [InterfaceAddress] = []
  private var turnsBegun = 0
  private var hasEnded = false
  var isWatching = false
  var mustWatch = false
  private var waiters: [(turn: Int, continuation: CheckedContinuation<Void, Never>)] = []
  private let wakeups: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - saved: what was remembered from the last run.
  ///   - checkRoutes: is told of the ways that are ready for checks through virtual addresses.
  ///   - history: the events of earlier runs, oldest first.
  ///   - now: seconds since 1970, for events.
  ///   - observe: is told of each event, for the log.
  public init(
    configuration: LoadBalancer, saved: SavedState, kernel: any Kernel, monitor: HealthMonitor, store: any StateStore,
    prober: any AddressProber, checkRoutes: CheckRoutes = CheckRoutes(), history: [DirectorEvent] = [],
    now: @escaping @Sendable () -> Double, observe: @escaping @Sendable (DirectorEvent) -> Void
  ) {
    self.kernel = kernel
    self.monitor = monitor
    self.store = store
    self.prober = prober
    self.checkRoutes = checkRoutes
    model = Model(configuration: configuration, saved: saved)
    self.now = now
    events = EventLog(history: history, now: now, observe: observe)
    (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    (probeRequests, requestProbe) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Looks at the kernel for the first time and takes over what an earlier run left there.
  ///
  /// - Throws: ``KernelError`` when the kernel cannot be used, ``AddressConflicts`` when the configuration cannot be.
  public func start() async throws {
    let observed = try await kernel.observe(sysctls: [], counting: false)
    try model.checkAddresses(on: observed.interfaces)
    self.observed = observed
    model.takeOver(observed)
    await watch()
    wake.yield()
  }

  /// Keeps the kernel in accord until the task is cancelled; nothing is taken out of the kernel at the end.
  public func run<C: Clock<Duration>>(clock: C = ContinuousClock()) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.monitor.run() }
      group.addTask { await self.followHealth() }
      group.addTask { await self.lookRegularly(clock) }
      group.addTask { await self.probeAddresses() }
      for await _ in wakeups { await turn() }
      group.cancelAll()
    }
    hasEnded = true
    finishWaiters(upTo: .max)
  }

  /// Marks services for the next turn and returns when the kernel is in accord, or what it refused is known.
  func settle(_ labels: Set<String> = [], all: Bool = false) async {
    request(labels, all: all)
    guard !hasEnded else { return await save() }
    let needed = turnsBegun + 1
    await withCheckedContinuation { waiters.append((needed, $0)) }
  }

  /// Returns when a turn that began after the call is over.
  public func turnRound() async { await settle() }

  func request(_ labels: Set<String> = [], all: Bool = false, look: Bool = false) {
    dirty.formUnion(labels)
    if all { comparesAll = true }
    if all || look { looksFirst = true }
    wake.yield()
  }

  private func lookRegularly<C: Clock<Duration>>(_ clock: C) async {
    while !Task.isCancelled {
      try? await clock.sleep(for: status.lookInterval)
      request(look: true)
    }
  }

  /// One way down the road from the model to the kernel.
  func turn() async {
    turnsBegun += 1
    let turn = turnsBegun
    defer { finishWaiters(upTo: turn) }
    let labels = dirty
    let isAsked = comparesAll || !dirty.isEmpty
    let looks = looksFirst
    let scope: Scope = comparesAll || looks ? .everything : .services(labels)
    (dirty, comparesAll, looksFirst) = ([], false, false)
    do {
      if looks { try await look() }
      // What was asked for during the look is part of what the model wants by now, and nobody else's doing.
      try await reconcile(scope, isAsked: isAsked || comparesAll || !dirty.isEmpty)
      if case .everything = scope { await prepareChecks() }
      succeeded()
    } catch {
      if isAsked { comparesAll = true }
      looksFirst = true
      failed(error)
    }
    await save()
  }

  private func look() async throws(KernelError) {
    let began = ContinuousClock.now
    let distant = observed.map { model.distantServers(on: $0.interfaces) } ?? []
    let routes = distant.isEmpty ? [:] : try await kernel.routes(to: distant)
    observed?.routes = routes
    let names = Set(observed.map { model.wantedSysctls(given: $0).keys.map(\.self) } ?? [])
      .union(model.saved.originalSysctls.keys)
    observed = try await kernel.observe(sysctls: names, counting: model.hasAbandonedEntries)
    observed?.routes = routes
    // A look takes at most a twentieth of the time.
    status.lookInterval = max(.seconds(1), began.duration(to: .now) * 20)
    let again = recentAddresses
    recentAddresses = []
    try await announce(again)
  }

  private func reconcile(_ scope: Scope, isAsked: Bool) async throws(KernelError) {
    guard let observed else { return }
    let changes = model.changes(from: observed, in: scope)
    if case .everything = scope { tellUnplacedAddresses(on: observed.interfaces) }
    guard !changes.isEmpty else { return report([], scope) }
    let repairs = isAsked ? [] : changes.filter { model.isRepair($0) && !status.refused.contains($0) }
    model.own(changes, given: observed)
    // The kernel comes first unless lbd would not know for its own what an interrupted run leaves there.
    if !model.saved.hasSameInKernel(as: savedOnDisk) { await save() }
    let failures = try await kernel.apply(changes)
    let refused = Set(failures.compactMap(\.change))
    let made = changes.filter { !refused.contains($0) }
    self.observed?.record(made)
    model.disown(made)
    note(repairs: repairs.filter { !refused.contains($0) })
    let added = made.compactMap { if case .interface(.addAddress(let place)) = $0 { place } else { nil } }
    recentAddresses += added
    report(failures, scope)
    try await announce(added)
    unprobed += added
    requestProbe.yield()
  }

  private func note(repairs: [KernelChange]) {
    for change in repairs {
      status.repairs += 1
      events.add(.repair, .warning, "somebody changed the kernel; mended: \(change)", service: model.label(of: change))
    }
  }

  /// Saves the model's state when it differs from what is on disk.
  func save() async {
    guard model.saved != savedOnDisk else { return }
    let state = model.saved
    do {
      try await store.save(state)
      savedOnDisk = state
      status.stateFileError = nil
    } catch {
      if status.stateFileError == nil {
        events.add(.failure, .error, "the state file cannot be written, lbd goes on without: \(error)")
      }
      status.stateFileError = "\(error)"
    }
  }

  private func finishWaiters(upTo turn: Int) {
    let finished = waiters.filter { $0.turn <= turn }
    waiters.removeAll { $0.turn <= turn }
    for waiter in finished { waiter.continuation.resume() }
  }
}
