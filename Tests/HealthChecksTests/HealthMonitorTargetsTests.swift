import LoadBalancing
import Synchronization
import TestSupport
import Testing

@testable import HealthChecks

@Suite(.timeLimit(.minutes(5))) struct HealthMonitorTargetsTests {
  private let clock = ManualClock()

  @Test func watchedTargetsGoOnUndisturbed() async {
    let prober = ScriptedProber(clock) { _, _ in .passed }
    let monitor = HealthMonitor(prober: prober, clock: clock, batchInterval: .zero)
    await monitor.running {
      await monitor.watch([.server(1)])
      #expect(await monitor.nextChanges().map(\.target) == [.server(1)])
      await clock.waitForSleepers(1)
      clock.advance(by: .seconds(4))
      let before = await monitor.report(of: .server(1))
      await monitor.watch([.server(1), .server(2)], initially: [.server(1): .down])
      #expect(await monitor.report(of: .server(1)) == before)
      #expect(await monitor.nextChanges().map(\.target) == [.server(2)])
      await clock.waitForSleepers(1)
      clock.advance(by: .seconds(2))
      await prober.waitForStarts(3)
      #expect(prober.starts.filter { $0.target == .server(1) }.map(\.time) == [.zero, .seconds(6)])
      #expect(prober.starts.filter { $0.target == .server(2) }.map(\.time) == [.seconds(4)])
    }
  }

  @Test func whatAnAgentHasSaidBeforeHoldsUntilItTakesItBack() async {
    let agent = CheckTarget(
      server: IPAddress(family: .inet, value: 0x0A00_0001), probe: .agent(send: [], port: 3333), timing: CheckTiming())
    let prober = ScriptedProber(clock) { _, _ in ProbeOutcome(.passed, "75%", agent: AgentStatement(share: 75)) }
    let monitor = HealthMonitor(prober: prober, clock: clock, batchInterval: .zero)
    let before = AgentReport(share: 50, admission: .maintenance, isDown: true)
    await monitor.watch([agent], agents: [agent: before])
    #expect(await monitor.report(of: agent)?.health == .down)
    await monitor.running {
      let reports = await monitor.nextChanges()
      #expect(reports.map(\.agent) == [AgentReport(share: 75, admission: .maintenance, isDown: true)])
      #expect(reports.map(\.health) == [.down])
    }
  }

  @Test func goneTargetsAreCancelledAndForgotten() async {
    let prober = ScriptedProber(clock) { start, _ in start.target == .server(9) ? .passed : nil }
    let monitor = HealthMonitor(prober: prober, clock: clock, batchInterval: .zero)
    await monitor.running {
      await monitor.watch([.server(1)])
      await prober.waitForStarts(1)
      await monitor.watch([.server(9)])
      #expect(await monitor.nextChanges().map(\.target) == [.server(9)])
      #expect(await monitor.report(of: .server(1)) == nil)
      while prober.held > 0 { await Task.yield() }
    }
  }

  @Test func aChangeOfAGoneTargetIsNotTold() async {
    let prober = ScriptedProber(clock) { _, _ in .passed }
    let monitor = HealthMonitor(prober: prober, clock: clock, batchInterval: .zero)
    await monitor.running {
      await monitor.watch([.server(1)])
      while await monitor.report(of: .server(1))?.health != .up { await Task.yield() }
      await monitor.watch([.server(2)])
      #expect(await monitor.nextChanges().map(\.target) == [.server(2)])
    }
  }

  @Test func aLateResultOfAnEarlierWatchCountsForNobody() async {
    // Deaf to cancellation: its result comes whenever the test lets it.
    let prober = DeafProber()
    let monitor = HealthMonitor(prober: prober, clock: clock, batchInterval: .zero)
    await monitor.running {
      await monitor.watch([.server(1, CheckTiming(failures: 1))])
      await prober.waitForHeld(1)
      await monitor.watch([])
      await monitor.watch([.server(1, CheckTiming(failures: 1))])
      await prober.waitForHeld(2)
      prober.release(0, .failed)
      prober.release(1, .passed)
      #expect(await monitor.nextChanges().map(\.health) == [.up])
      #expect(await monitor.report(of: .server(1, CheckTiming(failures: 1)))?.health == .up)
    }
  }

  @Test func onlySoManyAreInFlight() async {
    let prober = ScriptedProber(clock) { _, _ in nil }
    let monitor = HealthMonitor(prober: prober, clock: clock, checksInFlightMax: 2, batchInterval: .zero)
    let timing = CheckTiming(interval: .seconds(60))
    await monitor.running {
      await monitor.watch(Set((1...5).map { .server($0, timing) }))
      await clock.waitForSleepers(1)
      clock.advance(by: .milliseconds(250))
      for number in 0..<3 {
        await prober.waitForStarts(number + 2)
        while prober.held < 2 { await Task.yield() }
        #expect(prober.starts.count == number + 2)
        prober.release(number, .passed)
      }
      await prober.waitForStarts(5)
      // The longest overdue first: in the order of the spread.
      let order = [1, 2, 3, 4, 5].map { CheckTarget.server($0, timing) }
      #expect(Set(prober.starts.prefix(2).map(\.target)).isSubset(of: order))
      #expect(Set(prober.starts.map(\.target)) == Set(order))
    }
  }

  @Test func aThousandChangesComeInFewBatches() async {
    let prober = ScriptedProber(clock) { _, _ in .passed }
    let monitor = HealthMonitor(prober: prober, clock: clock, batchInterval: .milliseconds(50))
    await monitor.running {
      await monitor.watch(Set((1...1000).map { .server($0, CheckTiming(interval: .seconds(60))) }))
      await clock.waitForSleepers(1)
      clock.advance(by: .milliseconds(250))
      let first = await monitor.nextChanges()
      #expect(!first.isEmpty)
      while await monitor.reports().contains(where: { $0.health != .up }) { await Task.yield() }
      guard first.count < 1000 else { return }
      async let second = monitor.nextChanges()
      // The run loop's timer and the batch's.
      await clock.waitForSleepers(2)
      clock.advance(by: .milliseconds(50))
      #expect(await first.count + second.count == 1000)
    }
  }

  @Test func waitingForChangesEndsWithTheTask() async {
    let monitor = HealthMonitor(prober: ScriptedProber(clock) { _, _ in nil }, clock: clock)
    let waiting = Task { await monitor.nextChanges() }
    waiting.cancel()
    #expect(await waiting.value.isEmpty)
  }

  @Test func runningEndsWithTheTaskAndLeavesNothing() async {
    let prober = ScriptedProber(clock) { _, _ in nil }
    let monitor = HealthMonitor(prober: prober, clock: clock)
    await monitor.running {
      await monitor.watch(Set((1...20).map { .server($0) }))
      await clock.waitForSleepers(1)
      clock.advance(by: .milliseconds(250))
      await prober.waitForStarts(20)
    }
    #expect(prober.held == 0)
    #expect(clock.sleepers == 0)
    #expect(await monitor.reports().allSatisfy { $0.health == .unknown && $0.lastResult == nil })
  }
}

/// Holds every check until the test ends it, cancelled or not.
private final class DeafProber: Prober {
  private struct State {
    var held: [@Sendable (ProbeOutcome?) -> Void] = []
    var watcher: (count: Int, continuation: CheckedContinuation<Void, Never>)?

    mutating func satisfiedWatcher() -> CheckedContinuation<Void, Never>? {
      guard let count = watcher?.count, held.count >= count else { return nil }
      return watcher.take()?.continuation
    }
  }

  private let state = Mutex(State())

  func begin(_ target: CheckTarget, then: @escaping @Sendable (ProbeOutcome?) -> Void) -> (any RunningCheck)? {
    state.withLock { state in
      state.held.append(then)
      return state.satisfiedWatcher()
    }?.resume()
    return nil
  }

  func waitForHeld(_ count: Int) async {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.watcher = (count, continuation)
        return state.satisfiedWatcher()
      }?.resume()
    }
  }

  func release(_ number: Int, _ outcome: ProbeOutcome) {
    state.withLock { $0.held[number] }(outcome)
  }
}
