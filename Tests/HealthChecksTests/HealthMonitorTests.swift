import LoadBalancing
import TestSupport
import Testing

@testable import HealthChecks

@Suite(.timeLimit(.minutes(5))) struct HealthMonitorTests {
  private let clock = ManualClock()

  private func monitor(
    _ prober: ScriptedProber, checksInFlightMax: Int = 100, batchInterval: Duration = .zero
  ) -> HealthMonitor {
    HealthMonitor(
      prober: prober, clock: clock,
      wallClock: { [clock] in 1_000_000 + Double(clock.now.offset.components.seconds) },
      checksInFlightMax: checksInFlightMax, batchInterval: batchInterval)
  }

  /// Moves the time on once the monitor sleeps.
  private func advance(by duration: Duration) async {
    await clock.waitForSleepers(1)
    clock.advance(by: duration)
  }

  @Test func aNewTargetIsCheckedAtOnceAndReported() async throws {
    let prober = ScriptedProber(clock) { _, _ in nil }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1)])
      #expect(await monitor.report(of: .server(1))?.health == .unknown)
      await prober.waitForStarts(1)
      clock.advance(by: .seconds(2))
      prober.release(0, .passed)
      let result = CheckResult(at: 1_000_002, duration: .seconds(2), passed: true, message: "connected")
      let report = HealthReport(target: .server(1), health: .up, lastResult: result, since: 1_000_002)
      #expect(await monitor.nextChanges() == [report])
      #expect(await monitor.report(of: .server(1)) == report)
      #expect(await monitor.reports() == [report])
    }
  }

  @Test func fallsAfterFailuresAndRisesAfterSuccesses() async {
    let outcomes: [ProbeOutcome] = [.passed, .failed, .passed, .failed, .failed, .failed, .passed, .passed]
    let prober = ScriptedProber(clock) { _, number in number < outcomes.count ? outcomes[number] : nil }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1, CheckTiming(failures: 2, successes: 2))], initially: [:])
      for count in 1...outcomes.count {
        await prober.waitForStarts(count)
        await advance(by: .seconds(6))
      }
      await prober.waitForStarts(outcomes.count + 1)
      #expect(prober.starts.map(\.time) == (0...8).map { .seconds(6 * $0) })
      let changes = await monitor.nextChanges()
      // Two changes of one target between two looks: the newest counts.
      #expect(changes.map(\.health) == [.up])
      #expect(changes.map(\.since) == [1_000_042])
      #expect(changes.first?.lastResult?.passed == true)
    }
  }

  @Test func keepsTheStateFromBefore() async {
    let prober = ScriptedProber(clock) { _, _ in .failed }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1), .server(2)], initially: [.server(1): .up, .server(3): .up])
      #expect(await monitor.report(of: .server(1))?.health == .up)
      #expect(await monitor.report(of: .server(2))?.health == .unknown)
      #expect(await monitor.report(of: .server(3)) == nil)
      await advance(by: .milliseconds(250))
      // A check that is still running when the time moves on would skip its next period.
      while await monitor.reports().contains(where: { $0.lastResult == nil }) { await Task.yield() }
      await advance(by: .seconds(6))
      await prober.waitForStarts(4)
      var down: Set<CheckTarget> = []
      while down.count < 2 {
        for report in await monitor.nextChanges() {
          #expect(report.health == .down)
          down.insert(report.target)
        }
      }
    }
  }

  @Test func alwaysOnAndAlwaysOffNeedNoCheck() async {
    let prober = ScriptedProber(clock) { _, _ in nil }
    let monitor = monitor(prober)
    let on = CheckTarget(server: CheckTarget.server(1).server, probe: .on, timing: CheckTiming())
    let off = CheckTarget(server: CheckTarget.server(2).server, probe: .off, timing: CheckTiming())
    await monitor.running {
      await monitor.watch([on, off], initially: [off: .up])
      let changes = await monitor.nextChanges()
      #expect(changes.map(\.target) == [on, off])
      #expect(changes.map(\.health) == [.unchecked, .down])
      #expect(changes.allSatisfy { $0.lastResult == nil })
      await monitor.checkNow(on)
      // A real target's check shows that the loop has seen the others.
      await monitor.watch([on, off, .server(3)])
      #expect(await prober.waitForStarts(1).map(\.target) == [.server(3)])
    }
  }

  @Test func aHungServerDelaysNobody() async {
    let prober = ScriptedProber(clock) { start, _ in start.target == .server(1) ? nil : .passed }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1), .server(2)])
      await advance(by: .milliseconds(125))
      await prober.waitForStarts(2)
      for (count, wait) in [(3, 3), (4, 6), (5, 6), (6, 6)] {
        await advance(by: .seconds(wait))
        await prober.waitForStarts(count)
      }
    }
    #expect(prober.starts.count { $0.target == .server(1) } == 1)
    let others = prober.starts.filter { $0.target == .server(2) }.map(\.time)
    // The second start lies where it spreads the load, the others one interval apart.
    #expect(others == [125, 3125, 9125, 15125, 21125].map { .milliseconds($0) })
  }

  @Test func aSlowCheckSkipsPeriods() async {
    let prober = ScriptedProber(clock) { _, number in number == 0 ? nil : .passed }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1)])
      await prober.waitForStarts(1)
      clock.advance(by: .seconds(13))
      prober.release(0, .passed)
      await advance(by: .seconds(5))
      #expect(await prober.waitForStarts(2).map(\.time) == [.zero, .seconds(18)])
    }
  }

  @Test func checksFasterWhileUnsettled() async {
    let prober = ScriptedProber(clock) { _, number in number == 0 ? .passed : .failed }
    let monitor = monitor(prober)
    let timing = CheckTiming(interval: .seconds(6), failures: 3, fastInterval: .seconds(1))
    await monitor.running {
      await monitor.watch([.server(1, timing)])
      await prober.waitForStarts(1)
      for (count, wait) in [(2, 6), (3, 1), (4, 1), (5, 6)] {
        await advance(by: .seconds(wait))
        await prober.waitForStarts(count)
      }
      #expect(prober.starts.map(\.time) == [0, 6, 7, 8, 14].map { .seconds($0) })
    }
  }

  @Test func whatSaysNothingAboutTheServerChangesNothing() async {
    let prober = ScriptedProber(clock) { _, number in
      number == 0 ? .passed : ProbeOutcome(.inconclusive, "not checked: too many open files (EMFILE)")
    }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1)])
      for count in 1...5 {
        await prober.waitForStarts(count)
        await advance(by: .seconds(6))
      }
      await clock.waitForSleepers(1)
      let report = await monitor.report(of: .server(1))
      #expect(report?.health == .up)
      #expect(report?.lastResult?.passed == false)
      #expect(report?.lastResult?.message == "not checked: too many open files (EMFILE)")
    }
  }

  @Test func checkNowStartsAtOnceOrOnceMore() async {
    let prober = ScriptedProber(clock) { _, number in number == 1 ? nil : .passed }
    let monitor = monitor(prober)
    await monitor.running {
      await monitor.watch([.server(1)])
      await prober.waitForStarts(1)
      await advance(by: .seconds(2))
      await monitor.checkNow(.server(1))
      await prober.waitForStarts(2)
      // On its way: once more when it has ended, however often one asks.
      for _ in 0..<3 { await monitor.checkNow(.server(1)) }
      clock.advance(by: .seconds(1))
      prober.release(1, .passed)
      await prober.waitForStarts(3)
      await advance(by: .seconds(6))
      await prober.waitForStarts(4)
      #expect(prober.starts.map(\.time) == [0, 2, 3, 9].map { .seconds($0) })
    }
  }

  @Test func aSuspectedTargetIsCheckedUntilItIsDownOrPasses() async {
    let failures: Set = [1, 2, 3, 6]
    let prober = ScriptedProber(clock) { _, number in failures.contains(number) ? .failed : .passed }
    let monitor = monitor(prober)
    let target = CheckTarget.server(1, CheckTiming(failures: 3))
    await monitor.running {
      await monitor.watch([target])
      #expect(await monitor.nextChanges().map(\.health) == [.up])
      await advance(by: .seconds(2))
      await monitor.suspect([target])
      for count in 2...4 {
        await prober.waitForStarts(count)
        if count < 4 { await advance(by: .milliseconds(100)) }
      }
      #expect(await monitor.nextChanges().map(\.health) == [.down])
      // Down already: nothing to find out.
      await monitor.suspect([target])
      await advance(by: .seconds(6))
      await prober.waitForStarts(5)
      #expect(await monitor.nextChanges().map(\.health) == [.up])
      // One failure, then it passes.
      await advance(by: .seconds(6))
      await prober.waitForStarts(6)
      await clock.waitForSleepers(1)
      await monitor.suspect([target])
      await prober.waitForStarts(7)
      await advance(by: .milliseconds(100))
      await prober.waitForStarts(8)
      await advance(by: .seconds(6))
      await prober.waitForStarts(9)
      #expect(
        prober.starts.map(\.time)
          == [0, 2000, 2100, 2200, 8200, 14_200, 14_200, 14_300, 20_300].map { .milliseconds($0) })
      let suspicions = await monitor.checkWork.suspicions[target]
      #expect(suspicions?.failed == 1 && suspicions?.passed == 1 && suspicions?.inconclusive == 0)
    }
  }

  @Test func theChecksOfASuspectedTargetDoNotWaitForEachOther() async {
    let prober = ScriptedProber(clock) { _, number in number == 0 ? .passed : nil }
    let monitor = monitor(prober)
    let target = CheckTarget.server(1, CheckTiming(failures: 3))
    await monitor.running {
      await monitor.watch([target])
      #expect(await monitor.nextChanges().map(\.health) == [.up])
      await advance(by: .seconds(6))
      await prober.waitForStarts(2)
      // Beside the check that hangs, and no more than could be its end.
      await monitor.suspect([target])
      for count in 3...4 {
        await advance(by: .milliseconds(100))
        await prober.waitForStarts(count)
      }
      clock.advance(by: .milliseconds(1800))
      for number in 1...3 { prober.release(number, .failed) }
      #expect(await monitor.nextChanges().map(\.health) == [.down])
      // From the last start on it has its rhythm again.
      await advance(by: .milliseconds(4200))
      await prober.waitForStarts(5)
      #expect(prober.starts.map(\.time) == [0, 6000, 6100, 6200, 12_200].map { .milliseconds($0) })
      #expect(await monitor.checkWork.suspicions[target]?.failed == 1)
      prober.release(4, .passed)
    }
  }
}
