import Director
import LoadBalancing
import TestSupport
import Testing

@testable import LBDaemon

@Suite(.timeLimit(.minutes(5))) struct FileWatchTests {
  private let watching = ReloaderFixture.text.replacing("watch=\"no\"", with: "watch=\"yes\"")

  /// Runs `body` with a watch that begins after the files were read and `atStart` has been done to them.
  private func watch(
    atStart: (ReloaderFixture) throws -> Void, _ body: (ReloaderFixture, ManualClock) async throws -> Void
  ) async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write(watching)
      _ = try await fixture.reloader.reload(reason: "test")
      let first = await FirstConfiguration(fixture.keeper)
      try atStart(fixture)
      let clock = ManualClock()
      let watch = FileWatch(
        keeper: fixture.keeper, reloader: fixture.reloader, director: fixture.director, first: first.fingerprints,
        clock: clock)
      let running = Task { try await watch.run() }
      await clock.waitForSleepers(1)
      try await body(fixture, clock)
      running.cancel()
      try await running.value
    }
  }

  /// Lets the watch look so often.
  private func look(_ times: Int, _ clock: ManualClock) async {
    for _ in 0..<times {
      clock.advance(by: .milliseconds(250))
      await clock.waitForSleepers(1)
    }
  }

  @Test func aFileWrittenWhileLbdStartsIsApplied() async throws {
    let changed = watching.replacing("ports=\"80\"", with: "ports=\"80,443\"")
    try await watch(atStart: { try $0.write(changed) }) { fixture, clock in
      await look(2, clock)
      #expect(await fixture.director.configuration.virtualServices[0].ports?.description == "80,443")
    }
  }

  @Test func filesThatRunAreLeftAlone() async throws {
    try await watch(atStart: { _ in }) { fixture, clock in
      let before = await fixture.director.lastEvent
      await look(4, clock)
      #expect(await fixture.director.events(after: before).filter { $0.kind == .configuration }.isEmpty)
    }
  }
}
