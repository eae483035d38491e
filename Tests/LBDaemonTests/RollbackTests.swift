import ControlAPI
import Director
import LBConfiguration
import LoadBalancing
import TestSupport
import Testing

@testable import LBDaemon

@Suite(.timeLimit(.minutes(5))) struct RollbackTests {
  private let changed = ReloaderFixture.text.replacing("ports=\"80\"", with: "ports=\"80,443\"")
  private let dropIn = ReloaderFixture.dropIn

  @Test func allFilesGoBack() async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write(changed)
      try fixture.write(dropIn, to: "conf.d/mail.xml")
      _ = try await fixture.reloader.reload(reason: "test")
      #expect(await fixture.servers() == ["a", "m"])
      #expect(
        try await fixture.control.configuration().parts.map(\.element) == [
          "global", "virtual-service", "virtual-service",
        ])
      let plan = try await fixture.control.rollbackConfiguration(back: 1, dryRun: true, by: "root")
      #expect(plan.changes.map(\.action) == [.change, .remove])
      #expect(fixture.exists("conf.d/mail.xml"))
      _ = try await fixture.control.rollbackConfiguration(back: 1, dryRun: false, by: "root")
      #expect(try fixture.text() == ReloaderFixture.text)
      #expect(!fixture.exists("conf.d/mail.xml") && fixture.exists("conf.d/mail.xml.rolled-back"))
      #expect(await fixture.servers() == ["a"] && !fixture.exists("unconfirmed.configuration"))
      let history = try await fixture.control.configurationHistory().configurations
      #expect(history.map(\.back) == [0, 1, 2] && history.map(\.files.count) == [1, 2, 1])
      let error = await #expect(throws: APIError.self) {
        try await fixture.control.rollbackConfiguration(back: 9, dryRun: false, by: "root")
      }
      #expect(error?.code == .nothingThere)
    }
  }

  @Test func anUnconfirmedReloadTakesItselfBack() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      #expect(try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root").changes.isEmpty)
      #expect(!fixture.exists("unconfirmed.configuration"))
      try fixture.write(changed)
      let changes = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root").changes
      #expect(changes.count == 1 && fixture.exists("unconfirmed.configuration"))
      await clock.waitForSleepers(1)
      let waiting = await fixture.reloader.confirmation
      clock.advance(by: .seconds(60))
      await waiting?.value
      #expect(try fixture.text() == ReloaderFixture.text)
      #expect(await fixture.director.configuration.virtualServices[0].ports?.description == "80")
      #expect(!fixture.exists("unconfirmed.configuration"))
    }
  }

  @Test func aConfirmedReloadStays() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      try fixture.write(changed)
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root")
      #expect(try await fixture.control.status().warnings.contains { $0.contains("lbctl config confirm") })
      let waiting = await fixture.reloader.confirmation
      try await fixture.reloader.confirm(dryRun: true, by: "root")
      #expect(await fixture.reloader.confirmation != nil && waiting?.isCancelled == false)
      try await fixture.reloader.confirm(dryRun: false, by: "root")
      await waiting?.value
      #expect(try fixture.text() == changed && !fixture.exists("unconfirmed.configuration"))
      await #expect(throws: APIError.self) { try await fixture.reloader.confirm(dryRun: true, by: "root") }
    }
  }

  @Test func aCrashBeforeTheConfirmationGoesBackAtTheNextStart() async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write(changed)
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: ManualClock(), by: "root")
      let next = try ReloaderFixture.keeper(in: fixture.directory)
      #expect(await next.restoreUnconfirmed().warning?.contains("before the last reload was confirmed") == true)
      #expect(try fixture.text() == ReloaderFixture.text)
      #expect(await next.restoreUnconfirmed().warning == nil)
      await fixture.reloader.confirmation?.cancel()
    }
  }

  @Test func filesWithErrorsLeaveNothingToConfirm() async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write("<load-balancer><x/></load-balancer>")
      await #expect(throws: APIError.self) {
        try await fixture.reloader.reload(confirmWithin: 60, clock: ManualClock(), by: "root")
      }
      #expect(!fixture.exists("unconfirmed.configuration"))
      for seconds: UInt64 in [0, 100_000] {
        await #expect(throws: APIError.self) {
          try await fixture.reloader.reload(confirmWithin: seconds, by: "root")
        }
      }
    }
  }

  /// With watched files the change is applied before anybody can say that it is to be confirmed.
  @Test func whatTheWatchAppliedGoesBackToo() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      try fixture.write(changed)
      try await fixture.reloader.reloadWatched()
      try fixture.write(dropIn, to: "conf.d/mail.xml")
      try await fixture.reloader.reloadWatched()
      let changes = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root").changes
      #expect(changes.map(\.message).contains("ports 80 → 80,443") && changes.count == 2)
      await clock.waitForSleepers(1)
      let waiting = await fixture.reloader.confirmation
      clock.advance(by: .seconds(60))
      await waiting?.value
      #expect(try fixture.text() == ReloaderFixture.text && !fixture.exists("conf.d/mail.xml"))
      #expect(await fixture.servers() == ["a"])
      // The watch sees files that run already, and nothing more waits.
      try await fixture.reloader.reloadWatched()
      #expect(try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root").changes.isEmpty)
      #expect(!fixture.exists("unconfirmed.configuration"))
    }
  }

  @Test func theWatchGoesOnWhileAConfirmationWaits() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      try fixture.write(changed)
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root")
      try fixture.write(dropIn, to: "conf.d/mail.xml")
      try await fixture.reloader.reloadWatched()
      #expect(await fixture.servers() == ["a", "m"])
      await clock.waitForSleepers(1)
      let waiting = await fixture.reloader.confirmation
      clock.advance(by: .seconds(60))
      await waiting?.value
      #expect(try fixture.text() == ReloaderFixture.text)
      #expect(await fixture.servers() == ["a"])
    }
  }

  @Test func changesOfLongAgoDoNotGoBack() {
    var watched = WatchedChanges()
    #expect(watched.filesBefore(changesSince: 0) == nil)
    for at in [10.0, 20, 30] {
      watched.add(at: at, before: [SourceFile(path: "\(at)", bytes: [])])
    }
    #expect(watched.filesBefore(changesSince: 15)?.map(\.path) == ["20.0"])
    #expect(watched.filesBefore(changesSince: 0)?.map(\.path) == ["10.0"])
    #expect(watched.filesBefore(changesSince: 31) == nil)
  }
}
