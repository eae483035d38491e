import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import LBDaemon

@Suite struct WatchdogTests {
  private final class Fed: Sendable {
    let count = Mutex(0)
  }

  @Test func feedsTwiceAnIntervalWhileTheDirectorTurnsRound() async throws {
    let (clock, fed) = (ManualClock(), Fed())
    let watchdog = Watchdog(
      interval: .seconds(30), clock: clock, turnRound: {}, feed: { fed.count.withLock { $0 += 1 } })
    let running = Task { try await watchdog.run() }
    await clock.waitForSleepers(1)
    #expect(fed.count.withLock(\.self) == 1)
    clock.advance(by: .seconds(14))
    #expect(fed.count.withLock(\.self) == 1)
    clock.advance(by: .seconds(1))
    await clock.waitForSleepers(1)
    #expect(fed.count.withLock(\.self) == 2)
    running.cancel()
    try await running.value
  }

  @Test func staysSilentWhileTheDirectorHangs() async throws {
    let (clock, fed) = (ManualClock(), Fed())
    let (turns, turn) = AsyncStream<Void>.makeStream()
    let (begun, begin) = AsyncStream<Void>.makeStream()
    let watchdog = Watchdog(
      interval: .seconds(30), clock: clock,
      turnRound: {
        begin.yield()
        for await _ in turns { return }
      }, feed: { fed.count.withLock { $0 += 1 } })
    let running = Task { try await watchdog.run() }
    for await _ in begun { break }
    clock.advance(by: .seconds(300))
    #expect(fed.count.withLock(\.self) == 0)
    turn.yield()
    await clock.waitForSleepers(1)
    #expect(fed.count.withLock(\.self) == 1)
    running.cancel()
    try await running.value
  }
}
