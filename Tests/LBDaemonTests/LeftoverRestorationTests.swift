import ControlAPI
import LBConfiguration
import TestSupport
import Testing

@testable import LBDaemon

/// The files to go back to are forgotten when nobody waits to go back any more.
@Suite(.timeLimit(.minutes(5))) struct LeftoverRestorationTests {
  private let changed = ReloaderFixture.text.replacing("ports=\"80\"", with: "ports=\"80,443\"")
  private let again = ReloaderFixture.text.replacing("ports=\"80\"", with: "ports=\"8080\"")

  @Test func ofARollbackThatFailed() async throws {
    try await ReloaderFixture.running { fixture in
      try await fixture.runsWithoutTheDirectoryOfBefore(changed)
      let error = await #expect(throws: APIError.self) {
        try await fixture.control.rollbackConfiguration(back: 1, dryRun: false, by: "root")
      }
      #expect(error?.message.contains("conf.d") == true)
      #expect(try fixture.text() == changed && !fixture.exists(ReloaderFixture.pending))
      #expect(await fixture.servers() == ["a"])
    }
  }

  @Test func notOfAReloadThatStillWaits() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      try await fixture.runsWithoutTheDirectoryOfBefore(changed)
      try fixture.write(again)
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root")
      await #expect(throws: APIError.self) {
        try await fixture.control.rollbackConfiguration(back: 2, dryRun: false, by: "root")
      }
      #expect(try await fixture.keeper.unconfirmedFiles()?.map(\.bytes) == [Array(changed.utf8)])
      try await fixture.lets(60, passOn: clock)
      #expect(try fixture.text() == changed && !fixture.exists(ReloaderFixture.pending))
    }
  }

  @Test(arguments: ["reload", "watch", "edit"]) func byAChangeThatIsApplied(way: String) async throws {
    try await ReloaderFixture.running { fixture in
      let old = [SourceFile(path: fixture.directory + "/lbd.xml", bytes: Array("<load-balancer/>".utf8))]
      try await fixture.keeper.expectConfirmation(goingBackTo: old)
      switch way {
      case "edit":
        _ = try await fixture.control.edit(
          .editServer(service: "Web", server: "a"), ElementRequest(attributes: ["weight": "50"]),
          options: EditOptions(), by: "root")
      case "watch":
        try fixture.write(changed)
        try await fixture.reloader.reloadWatched()
      default: _ = try await fixture.reloader.reload(reason: "test")
      }
      #expect(!fixture.exists(ReloaderFixture.pending))
    }
  }

  @Test func byAReloadThatGoesBackToOthers() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      let old = [SourceFile(path: fixture.directory + "/lbd.xml", bytes: Array("<load-balancer/>".utf8))]
      try await fixture.keeper.expectConfirmation(goingBackTo: old)
      try fixture.write(changed)
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root")
      #expect(try await fixture.keeper.unconfirmedFiles()?.map(\.bytes) == [Array(ReloaderFixture.text.utf8)])
      try await fixture.lets(60, passOn: clock)
      #expect(try fixture.text() == ReloaderFixture.text)
    }
  }
}
