import HealthChecks
import Interfaces
import LinuxSystem
import LoadBalancing
import Synchronization
import TestSupport

@testable import Director

/// A Director over a kernel that misbehaves on purpose, with checks that answer as the test says.
final class DirectorHarness: Sendable {
  let kernel: TestKernel
  let clock = ManualClock()
  let store = MemoryStore()
  let prober = SwitchedProber()
  let wire = ScriptedWire()
  let monitor: HealthMonitor
  let director: Director

  init(_ configuration: LoadBalancer, saved: SavedState = SavedState(), kernel: TestKernel = TestKernel()) throws {
    self.kernel = kernel
    monitor = HealthMonitor(prober: prober, clock: clock, wallClock: { 0 }, batchInterval: .zero)
    director = Director(
      executor: try ThreadExecutor(name: "director"), configuration: configuration, saved: saved, kernel: kernel,
      monitor: monitor, store: store,
      prober: wire, now: { 0 }, observe: { _ in })
  }

  /// Starts the Director, lets the body act beside it and ends it.
  func running(_ body: () async throws -> Void) async throws {
    try await director.start()
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { [director, clock] in await director.run(clock: clock) }
      await director.settle(look: .everything)
      try await body()
      group.cancelAll()
    }
  }

  /// Moves the time on until the condition holds; every step lets checks and looks run that are due.
  ///
  /// - Parameter waitsForDisk: whether each step waits until what is to be remembered is safe.
  func advance(waitsForDisk: Bool = true, until condition: () async throws -> Bool) async throws {
    for _ in 0..<500 {
      if try await condition() { return }
      clock.advance(by: .milliseconds(100))
      await director.settle(waitsForDisk: waitsForDisk)
      // The Director has a thread of its own; checks need some turns of the others.
      for _ in 0..<5 { await Task.yield() }
    }
    throw HarnessError.conditionNeverHeld
  }

  func messages() async -> [String] { await director.events(after: 0).map(\.message) }

  enum HarnessError: Error {
    case conditionNeverHeld
  }
}

/// Answers checks by the server's address.
final class SwitchedProber: Prober {
  private let down = Mutex<Set<IPAddress>>([])
  private let agents = Mutex<[IPAddress: AgentStatement]>([:])

  /// What the server's agent says; nil: it is not there.
  func set(agentOf server: IPAddress, says statement: AgentStatement?) {
    agents.withLock { $0[server] = statement }
  }

  func set(_ server: IPAddress, isUp: Bool) {
    down.withLock { down in
      if isUp { down.remove(server) } else { down.insert(server) }
    }
  }

  func begin(_ target: CheckTarget, then: @escaping @Sendable (ProbeOutcome?) -> Void) -> (any RunningCheck)? {
    then(outcome(of: target))
    return nil
  }

  private func outcome(of target: CheckTarget) -> ProbeOutcome {
    if case .agent = target.probe {
      let said = agents.withLock { $0[target.server] }
      return said.map { ProbeOutcome(.passed, "the agent says it", agent: $0) }
        ?? ProbeOutcome(.inconclusive, "silence")
    }
    return down.withLock { $0.contains(target.server) }
      ? ProbeOutcome(.failed, "refused") : ProbeOutcome(.passed, "connected")
  }
}

/// A wire on which nobody answers, but for those that the test names.
actor ScriptedWire: AddressProber {
  private var claims: [IPAddress: String] = [:]

  func claim(_ address: IPAddress, _ words: String) { claims[address] = words }

  func claims(
    of places: [InterfaceAddress], on interfaces: InterfaceSnapshot
  ) async -> [InterfaceAddress: String] {
    var found: [InterfaceAddress: String] = [:]
    for place in places { found[place] = claims[place.address] }
    return found
  }
}

/// Keeps the saved state in memory, or fails when the test says so.
actor MemoryStore: StateStore {
  struct Full: Error {}

  private(set) var saved: SavedState?
  private(set) var saves = 0
  private var isFull = false
  private var isStalled = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func set(isFull: Bool) { self.isFull = isFull }

  func set(isStalled: Bool) {
    self.isStalled = isStalled
    guard !isStalled else { return }
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  func save(_ state: SavedState) async throws {
    if isStalled { await withCheckedContinuation { waiting.append($0) } }
    guard !isFull else { throw Full() }
    saves += 1
    saved = state
  }
}
