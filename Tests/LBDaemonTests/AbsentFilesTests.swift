import ControlAPI
import LBConfiguration
import LoadBalancing
import TestSupport
import Testing

@testable import LBDaemon

/// Files that vanish take nothing out of the kernel.
@Suite(.timeLimit(.minutes(5))) struct AbsentFilesTests {
  @Test func whatRunsGoesOn() async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.remove("lbd.xml")
      await #expect(throws: RefusedConfiguration.self) { try await fixture.reloader.reloadWatched() }
      let error = await #expect(throws: RefusedConfiguration.self) { try await fixture.reloader.reload(reason: "test") }
      #expect(error?.problems.map(\.file) == [fixture.directory + "/lbd.xml"])
      #expect(error?.problems.first?.message.contains("put back what was there, or, to serve nothing") == true)
      await #expect(throws: APIError.self) {
        try await fixture.control.edit(
          .addService, ElementRequest(attributes: ["label": "New", "address": "10.0.0.9", "ports": "80"]),
          options: EditOptions(), by: "root")
      }
      #expect(await fixture.servers() == ["a"] && !fixture.exists("lbd.xml"))
      #expect(await fixture.reloader.check().errors.count == 1)

      try fixture.write(ReloaderFixture.text)
      try await fixture.reloader.reloadWatched()
      #expect(await fixture.servers() == ["a"])
      #expect(await fixture.keeper.status.errors.isEmpty)

      try fixture.write("<load-balancer/>")
      try await fixture.reloader.reloadWatched()
      #expect(await fixture.servers() == [])
    }
  }

  @Test func aStartWithoutThemRunsTheHistory() async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.remove("lbd.xml")
      let first = await FirstConfiguration(try ReloaderFixture.keeper(in: fixture.directory))
      #expect(first.candidates.map(\.source) == [.history, .nothing])
      #expect(first.candidates[0].loaded.loadBalancer.virtualServices.map(\.label) == ["Web"])
      #expect(first.problems.map(\.file) == [fixture.directory + "/lbd.xml"])
    }
  }

  @Test func aFreshInstallationHasNone() async throws {
    try await APIFixture.withDirectory { directory in
      let first = await FirstConfiguration(try ReloaderFixture.keeper(in: directory))
      #expect(first.candidates.map(\.source) == [.files, .nothing] && first.problems.isEmpty)
    }
  }

  /// The very first configuration cuts its author off: nothing runs again, after a restart too.
  @Test func goingBackToNoneIsMeant() async throws {
    try await ReloaderFixture.running { fixture in
      let clock = ManualClock()
      _ = await fixture.keeper.applied(
        LoadedConfiguration(loadBalancer: LoadBalancer(), files: [], locations: ConfigurationLocations()))
      _ = try await fixture.reloader.reload(confirmWithin: 60, clock: clock, by: "root")
      try await fixture.lets(60, passOn: clock)
      #expect(await fixture.servers() == [] && !fixture.exists("lbd.xml"))
      try await fixture.reloader.reloadWatched()
      #expect(await fixture.keeper.status.errors.isEmpty)
      let first = await FirstConfiguration(try ReloaderFixture.keeper(in: fixture.directory))
      #expect(first.candidates[0].source == .files && first.problems.isEmpty)
    }
  }
}
