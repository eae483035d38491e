import HealthChecks
import LoadBalancing
import Synchronization
import TestSupport

/// Answers checks as a test says, or holds them until it does; remembers when each began.
final class ScriptedProber: Prober {
  struct Start: Hashable, Sendable {
    let target: CheckTarget
    /// The manual clock's time.
    let time: Duration
  }

  private struct State {
    var starts: [Start] = []
    /// How many of them are held or answered.
    var settled = 0
    var held: [Int: @Sendable (ProbeOutcome?) -> Void] = [:]
    var watchers: [(count: Int, continuation: CheckedContinuation<[Start], Never>)] = []
  }

  private let clock: ManualClock
  private let answer: @Sendable (_ start: Start, _ number: Int) -> ProbeOutcome?
  private let state = Mutex(State())

  /// - Parameters:
  ///   - clock: the monitor's.
  ///   - answer: to the check of this number, counted over all targets from 0; nil holds it.
  init(_ clock: ManualClock, answer: @escaping @Sendable (_ start: Start, _ number: Int) -> ProbeOutcome?) {
    self.clock = clock
    self.answer = answer
  }

  var starts: [Start] { state.withLock { $0.starts } }
  /// How many checks are held.
  var held: Int { state.withLock { $0.held.count } }

  func begin(_ target: CheckTarget, then: @escaping @Sendable (ProbeOutcome?) -> Void) -> (any RunningCheck)? {
    let start = Start(target: target, time: clock.now.offset)
    let number = state.withLock { state in
      state.starts.append(start)
      return state.starts.count - 1
    }
    let outcome = answer(start, number)
    state.withLock { state in
      if outcome == nil { state.held[number] = then }
      state.settled += 1
    }
    if let outcome { then(outcome) }
    tellWatchers()
    return outcome == nil ? HeldCheck(prober: self, number: number) : nil
  }

  private final class HeldCheck: RunningCheck {
    let prober: ScriptedProber
    let number: Int

    init(prober: ScriptedProber, number: Int) { (self.prober, self.number) = (prober, number) }

    func cancel() { prober.release(number, nil) }
  }

  /// Ends a check that is held.
  func release(_ number: Int, _ outcome: ProbeOutcome?) {
    state.withLock { $0.held.removeValue(forKey: number) }?(outcome)
  }

  /// Waits until this many checks have begun; those that are held may be released then.
  @discardableResult
  func waitForStarts(_ count: Int) async -> [Start] {
    await withCheckedContinuation { continuation in
      state.withLock { $0.watchers.append((count, continuation)) }
      tellWatchers()
    }
  }

  private func tellWatchers() {
    let (satisfied, starts) = state.withLock { state in
      let satisfied = state.watchers.filter { $0.count <= state.settled }
      state.watchers.removeAll { $0.count <= state.settled }
      return (satisfied.map(\.continuation), state.starts)
    }
    for continuation in satisfied { continuation.resume(returning: starts) }
  }
}

extension ProbeOutcome {
  static let passed = ProbeOutcome(.passed, "connected")
  static let failed = ProbeOutcome(.failed, "refused")
  static let cancelled = ProbeOutcome(.inconclusive, "cancelled")
}

extension Prober {
  /// One check; ``ProbeOutcome/cancelled`` when the task is.
  func probe(_ target: CheckTarget) async -> ProbeOutcome {
    let running = RunningBox()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        running.check = begin(target) { continuation.resume(returning: $0 ?? .cancelled) }
        if Task.isCancelled { running.check?.cancel() }
      }
    } onCancel: {
      running.check?.cancel()
    }
  }
}

private final class RunningBox: Sendable {
  private let value = Mutex<(any RunningCheck)?>(nil)

  var check: (any RunningCheck)? {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}

extension CheckTarget {
  /// A connect check of 10.0.0.N, where each number is a server of its own.
  static func server(_ number: Int, _ timing: CheckTiming = CheckTiming()) -> CheckTarget {
    CheckTarget(
      server: IPAddress(family: .inet, value: 0x0A00_0000 + UInt128(number)), probe: .connect(ports: [80]),
      timing: timing)
  }
}
