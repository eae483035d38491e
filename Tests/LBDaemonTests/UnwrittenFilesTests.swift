import ControlAPI
import Director
import LBConfiguration
import LoadBalancing
import TestSupport
import Testing

@testable import LBDaemon

/// Whoever is cut off by a change that nobody confirms is not left so because a file cannot be written.
@Suite(.timeLimit(.minutes(5))) struct UnwrittenFilesTests {
  private let changed = ReloaderFixture.text.replacing("ports=\"80\"", with: "ports=\"80,443\"")

  /// Runs `body` after a change that nobody confirmed and whose files of before could not be put back: their directory
  /// is gone.
  private func afterATakeBackWithoutFiles(_ body: (ReloaderFixture) async throws -> Void) async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      try fixture.write(ReloaderFixture.dropIn, to: "conf.d/mail.xml")
      _ = try await fixture.reloader.reload(reason: "test")
      try fixture.remove("conf.d")
      try fixture.write(changed)
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root")
      #expect(await fixture.servers() == ["a"])
      try await fixture.lets(60, passOn: clock)
      try await body(fixture)
    }
  }

  @Test func theConfigurationOfBeforeRunsWithoutThem() async throws {
    try await afterATakeBackWithoutFiles { fixture in
      #expect(await fixture.servers() == ["a", "m"])
      #expect(try fixture.text() == changed && fixture.exists(ReloaderFixture.pending))
      let status = try await fixture.control.status()
      #expect(status.configuration.errors.first?.message.contains("conf.d") == true)
      #expect(status.configuration.errors.first?.message.contains("lbctl config rollback 0") == true)
      #expect(status.warnings.contains { $0.contains("see 'lbctl status'") })
      let events = await fixture.director.events(after: 0).filter { $0.severity == .error }
      #expect(events.contains { $0.message.hasPrefix("the reload was not confirmed: ") })
    }
  }

  @Test func theWatchLeavesTheFilesInPlaceAloneUntilTheyChange() async throws {
    try await afterATakeBackWithoutFiles { fixture in
      try fixture.write(changed)
      try await fixture.reloader.reloadWatched()
      #expect(await fixture.servers() == ["a", "m"])
      try fixture.write(ReloaderFixture.text)
      try await fixture.reloader.reloadWatched()
      #expect(await fixture.servers() == ["a"] && !fixture.exists(ReloaderFixture.pending))
      #expect(await fixture.keeper.status.errors.isEmpty)
    }
  }

  @Test func aRollbackToWhatRunsWritesThemLater() async throws {
    try await afterATakeBackWithoutFiles { fixture in
      try fixture.makeDirectory("conf.d")
      #expect(try await fixture.control.rollbackConfiguration(back: 0, dryRun: false, by: "root").changes.isEmpty)
      #expect(try fixture.text() == ReloaderFixture.text && fixture.exists("conf.d/mail.xml"))
      #expect(await fixture.keeper.status.errors.isEmpty && !fixture.exists(ReloaderFixture.pending))
    }
  }

  @Test func theyRunAfterARestartToo() async throws {
    try await afterATakeBackWithoutFiles { fixture in
      let first = await FirstConfiguration(try ReloaderFixture.keeper(in: fixture.directory))
      let labels = first.candidates[0].loaded.loadBalancer.virtualServices.map(\.label)
      #expect(labels == ["Web", "Mail"] && first.candidates[0].source == .files)
      #expect(first.problems.map(\.file) == [fixture.directory + "/" + ReloaderFixture.pending])
      #expect(fixture.exists(ReloaderFixture.pending))

      try fixture.makeDirectory("conf.d")
      let second = await FirstConfiguration(try ReloaderFixture.keeper(in: fixture.directory))
      #expect(second.problems.isEmpty && second.restoration.warning != nil)
      #expect(fixture.exists("conf.d/mail.xml") && !fixture.exists(ReloaderFixture.pending))
    }
  }
}
