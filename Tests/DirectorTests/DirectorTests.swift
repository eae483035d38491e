import HealthChecks
import IPVS
import Interfaces
import LoadBalancing
import PacketMarks
import TestSupport
import Testing

@testable import Director

@Suite(.timeLimit(.minutes(5))) struct DirectorTests {
  private let server1 = Samples.address("10.10.90.201")
  private let romexis = LoadBalancer(virtualServices: [Samples.romexis])
  private let name = ServerName(service: "RomexisVIP", server: "RomexisServer1")
  private let mark = "mark \(MarkAssignment.defaultBase) (IPv4) wlc: "

  @Test func aServerEntersAfterItsFirstSuccess() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      #expect(await harness.kernel.marks.marks.count == 4)
      #expect(await harness.kernel.addresses() == ["10.10.90.199/32 on eth0"])
      #expect(await harness.kernel.announced.map(\.interface).contains("eth0"))
      #expect(await harness.kernel.sysctls["net/ipv4/vs/expire_nodest_conn"] == "1")
      #expect(await harness.store.saved?.originalSysctls["net/ipv4/vs/expire_nodest_conn"] == "0")
    }
  }

  @Test func theFallbackServesAfterTheFailuresAndLeavesAtOnce() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      harness.prober.set(server1, isUp: false)
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.202:0 1"] }
      harness.prober.set(server1, isUp: true)
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      let messages = await harness.messages()
      #expect(messages.contains("down: refused"))
      #expect(messages.contains("the fallback 10.10.90.202 serves, no real server can"))
      #expect(messages.contains("up: connected"))
    }
  }

  @Test func theOldServerLeavesBeforeTheNewOneEnters() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      await harness.kernel.forgetChanges()
      let supposed = await harness.director.overview(of: [name.service], supposing: [name: .halt])
      #expect(supposed[0].servers.first { $0.state.server.label == name.server }?.effectiveWeight == 0)
      #expect(try await harness.director.operatorState(of: name) == .online)
      try await harness.director.setOperatorState(.halt, of: name, by: "root")
      let key = IPVSService.Key.firewallMark(MarkAssignment.defaultBase, .inet)
      let fallback = IPVSDestination(
        key: .init(address: Samples.address("10.10.90.202"), port: 0), method: .direct, weight: 1)
      #expect(
        await harness.kernel.changes == [
          .ipvs(.removeDestination(.init(address: server1, port: 0), in: key)),
          .ipvs(.addDestination(fallback, in: key)),
        ])
    }
  }

  @Test func theOperatorsWordIsInEffectWhenTheCallReturns() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      try await harness.director.setOperatorState(.drain, of: name, by: "root")
      #expect(try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 0, 10.10.90.202:0 1"])
      try await harness.director.setOperatorState(.halt, of: name, by: "root")
      #expect(try await harness.kernel.tableLines() == [mark + "10.10.90.202:0 1"])
      #expect(await harness.store.saved?[name] == .halt)
      try await harness.director.setOperatorState(.online, of: name, by: "root")
      #expect(try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"])
    }
  }

  @Test func anUnchangedConfigurationChangesNothing() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      await harness.kernel.forgetChanges()
      try await harness.director.apply(romexis, reason: "test")
      #expect(await harness.kernel.changes.isEmpty)
    }
  }

  @Test func aRestartTakesOverWhatIsThere() async throws {
    let first = try DirectorHarness(romexis)
    try await first.running {
      try await first.advance { try await first.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
    }
    let saved = try #require(await first.store.saved)
    await first.kernel.forgetChanges()
    let second = try DirectorHarness(romexis, saved: saved, kernel: first.kernel)
    try await second.running {
      #expect(await second.kernel.changes.isEmpty, "the server stays up until a check says otherwise")
      second.prober.set(server1, isUp: false)
      try await second.advance { try await second.kernel.tableLines() == [mark + "10.10.90.202:0 1"] }
    }
    await second.kernel.forgetChanges()
    let third = try DirectorHarness(romexis, saved: try #require(await second.store.saved), kernel: second.kernel)
    third.prober.set(server1, isUp: false)
    try await third.running {
      #expect(await third.kernel.changes.isEmpty, "the fallback that serves stays too")
    }
  }

  @Test func whatIsNoLongerConfiguredIsRemovedAndWhatOthersMadeIsNot() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      let foreign = IPVSService(
        key: .address(Samples.address("172.16.0.1"), port: 80, protocol: 6), scheduler: "rr")
      try await harness.kernel.interfere(.addService(foreign))
      try await harness.director.apply(LoadBalancer(), reason: "test")
      #expect(try await harness.kernel.tableLines() == ["TCP 172.16.0.1:80 rr: "])
      #expect(await harness.kernel.addresses() == [])
      #expect(await harness.kernel.marks.isEmpty)
    }
  }

  @Test func whatOthersChangeIsPutBackAndCounted() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      await harness.kernel.flushIPVS()
      await harness.kernel.removeAddress(Samples.address("10.10.90.199"))
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      #expect(await harness.kernel.addresses() == ["10.10.90.199/32 on eth0"])
      #expect(await harness.director.currentStatus.repairs == 3)
    }
  }

  @Test func aModuleThatIsLoadedLaterIsFound() async throws {
    let kernel = TestKernel()
    await kernel.set(hasIPVS: false)
    let harness = try DirectorHarness(romexis, kernel: kernel)
    try await harness.running {
      for _ in 0..<100 {
        harness.clock.advance(by: .milliseconds(500))
        await harness.director.settle()
      }
      #expect(await kernel.addresses() == [])
      #expect(await kernel.changes.isEmpty)
      #expect(await kernel.looks < 100 + 30, "a turn each, and looks that become rarer")
      let status = await harness.director.currentStatus
      #expect(status.lastError?.message.contains("modprobe ip_vs") == true)
      #expect(await harness.messages().filter { $0.contains("modprobe ip_vs") }.count == 1)
      #expect(await harness.director.overview()[0].servers[0].state.health == .unknown)
      var own = Samples.romexis
      own.entry = .address(Samples.address("10.10.90.1"), ports: PortSet(80), protocol: .tcp)
      await #expect(throws: AddressConflicts.self) {
        try await harness.director.apply(LoadBalancer(virtualServices: [own]), reason: "test")
      }
      await kernel.set(hasIPVS: true)
      try await harness.advance { try await kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      #expect(await kernel.addresses() == ["10.10.90.199/32 on eth0"])
      #expect(await harness.director.currentStatus.lastError == nil)
      #expect(await harness.director.currentStatus.repairs == 0)
    }
  }

  @Test func noRightToUseTheKernelIsAnError() async throws {
    let kernel = TestKernel()
    await kernel.misbehave(.notPermitted, .notPermitted)
    let harness = try DirectorHarness(romexis, kernel: kernel)
    let error = await #expect(throws: KernelError.self) { try await harness.director.start() }
    #expect(error?.code == .noPermission)
  }

  @Test func anInterfacesOwnAddressIsRefused() async throws {
    var service = Samples.romexis
    service.entry = .address(Samples.address("10.10.90.1"), ports: PortSet(80), protocol: .tcp)
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      await #expect(throws: AddressConflicts.self) {
        try await harness.director.apply(LoadBalancer(virtualServices: [service]), reason: "test")
      }
      #expect(await harness.director.configuration == romexis, "what runs goes on")
    }
  }

  @Test func aFullDiskIsToldOnceAndServiceGoesOn() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      await harness.store.set(isFull: true)
      try await harness.director.setOperatorState(.halt, of: name, by: "root")
      try await harness.director.setOperatorState(.drain, of: name, by: "root")
      #expect(try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 0, 10.10.90.202:0 1"])
      let told = await harness.messages().filter { $0.contains("state file cannot be written") }
      #expect(told.count == 1)
    }
  }

  @Test func aStalledDiskHoldsUpNoFailover() async throws {
    let harness = try DirectorHarness(LoadBalancer(virtualServices: [Samples.web]))
    func holds(_ servers: String) async throws -> Bool {
      try await harness.kernel.tableLines().joined().hasSuffix(servers)
    }
    try await harness.running {
      try await harness.advance { try await holds("192.168.1.110:80 100, 192.168.1.111:80 100") }
      await harness.store.set(isStalled: true)
      harness.prober.set(Samples.address("192.168.1.110"), isUp: false)
      try await harness.advance(waitsForDisk: false) { try await holds(": 192.168.1.111:80 100") }
      harness.prober.set(Samples.address("192.168.1.111"), isUp: false)
      try await harness.advance(waitsForDisk: false) { try await holds(": ") }
      await harness.director.turnRound()
      #expect(await harness.store.saved?.down == [:])
      await harness.store.set(isStalled: false)
      try await harness.advance { await harness.store.saved?.down == ["HTTP-Cluster": ["IIS1", "rip2"]] }
    }
  }

  @Test func somebodyElseWithTheAddressIsAWarningAndTheAddressStaysUp() async throws {
    let vip = Samples.address("10.10.90.199")
    let harness = try DirectorHarness(romexis)
    await harness.wire.claim(vip, "also answered for by 02:00:00:00:00:01")
    try await harness.running {
      try await harness.advance { await harness.director.currentStatus.addressWarnings[vip] != nil }
      #expect(await harness.messages().contains("also answered for by 02:00:00:00:00:01"))
      #expect(await harness.kernel.addresses() == ["10.10.90.199/32 on eth0"])
      try await harness.director.apply(LoadBalancer(), reason: "test")
      #expect(await harness.director.currentStatus.addressWarnings.isEmpty)
    }
  }

  @Test func anAddressThatFitsNowhereIsToldOnce() async throws {
    var service = Samples.romexis
    service.entry = .address(Samples.address("172.30.0.1"), ports: PortSet(80), protocol: .tcp)
    let harness = try DirectorHarness(LoadBalancer(virtualServices: [service]))
    try await harness.running {
      await harness.director.settle(look: .everything)
      let told = await harness.messages().filter { $0.hasPrefix("address 172.30.0.1 is not up") }
      #expect(told.count == 1)
      service.interface = .named("eth0")
      try await harness.director.apply(LoadBalancer(virtualServices: [service]), reason: "test")
      #expect(await harness.kernel.addresses() == ["172.30.0.1/32 on eth0"])
      #expect(await harness.director.currentStatus.unplacedAddresses.isEmpty)
    }
  }

  @Test func aLostStateFileCostsNoMark() async throws {
    let first = try DirectorHarness(romexis)
    try await first.running {
      try await first.advance { try await first.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
    }
    await first.kernel.forgetChanges()
    let both = LoadBalancer(virtualServices: [wide("A", "10.10.90.210"), Samples.romexis])
    let second = try DirectorHarness(both, kernel: first.kernel)
    try await second.running {
      let kept = await second.kernel.marks.marks.filter { $0.key.address == Samples.address("10.10.90.199") }
      #expect(Set(kept.values) == [MarkAssignment.defaultBase])
      let lines = try await second.kernel.tableLines()
      #expect(lines.contains(mark + "10.10.90.201:0 100"))
    }
  }

  private func wide(_ label: String, _ address: String) -> VirtualService {
    VirtualService(
      label: label, entry: .address(Samples.address(address), ports: PortSet([1...2]), protocol: .tcp),
      healthChecks: [HealthCheck(.on, timing: CheckTiming())])
  }

  @Test func aServerWhoseCheckIsEditedStaysWhatItWasUntilTheNewOneSaysOtherwise() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      await harness.kernel.forgetChanges()
      harness.prober.set(server1, isUp: false)
      var edited = Samples.romexis
      edited.healthChecks = [HealthCheck(.connect(.list([104])), timing: CheckTiming())]
      try await harness.director.apply(LoadBalancer(virtualServices: [edited]), reason: "test")
      #expect(await harness.kernel.changes.isEmpty)
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.202:0 1"] }
      await harness.kernel.forgetChanges()
      edited.healthChecks = [HealthCheck(.connect(.list([2099])), timing: CheckTiming())]
      try await harness.director.apply(LoadBalancer(virtualServices: [edited]), reason: "test")
      #expect(await harness.kernel.changes.isEmpty, "nor does the fallback leave for a check that has not passed")
      // Another host under the label is not known yet; its first check must not pass before that is seen.
      let other = Samples.address("10.10.90.203")
      harness.prober.set(other, isUp: false)
      edited.realServers[0].address = other
      try await harness.director.apply(LoadBalancer(virtualServices: [edited]), reason: "test")
      #expect(try await harness.kernel.tableLines() == [mark])
    }
  }

  @Test func theReasonIsThatOfTheCheckThatFailed() async throws {
    var service = Samples.web
    service.healthChecks = [HealthCheck.Kind.connect(.automatic), .ping].map { HealthCheck($0, timing: CheckTiming()) }
    let harness = try DirectorHarness(LoadBalancer(virtualServices: [service]))
    let checks = service.checks(of: service.realServers[0], defaults: CheckTiming())
    func report(_ health: [Health]) -> [HealthReport] {
      zip(checks, health).map { target, health in
        let result = CheckResult(
          at: 0, duration: .zero, passed: health == .up, message: "\(target.probe == .ping ? "ping" : "connect")")
        return HealthReport(target: target, health: health, lastResult: result, since: 0)
      }
    }
    for health: [Health] in [[.up, .down], [.up, .up], [.down, .down]] { await harness.director.note(report(health)) }
    let told = await harness.director.events(after: 0).filter { $0.server == "IIS1" }
    #expect(told.map(\.message) == ["down: ping", "up: connect", "down: connect"])
  }

  @Test func unknownNamesAreErrors() async throws {
    let harness = try DirectorHarness(romexis)
    await #expect(throws: UnknownName.service("Romexis", known: ["RomexisVIP"])) {
      try await harness.director.operatorState(of: ServerName(service: "Romexis", server: "x"))
    }
    let server = ServerName(service: "RomexisVIP", server: "x")
    await #expect(throws: UnknownName.server(server, known: ["RomexisServer1"])) {
      try await harness.director.operatorState(of: server)
    }
  }

  @Test func withdrawalTakesOutWhatLbdMadeAndResumePutsItBack() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"] }
      await harness.director.withdraw(by: "root")
      #expect(try await harness.kernel.tableLines() == [])
      #expect(await harness.kernel.addresses() == [])
      #expect(await harness.kernel.marks.isEmpty)
      #expect(await harness.kernel.sysctls["net/ipv4/vs/expire_nodest_conn"] == "0")
      #expect(await harness.store.saved?.withdrawn == true)
      #expect(await harness.director.overview()[0].servers.allSatisfy { $0.effectiveWeight == 0 })
      await harness.director.resume(by: "root")
      #expect(try await harness.kernel.tableLines() == [mark + "10.10.90.201:0 100"])
      #expect(await harness.kernel.addresses() == ["10.10.90.199/32 on eth0"])
    }
  }

  @Test func addingAPortKeepsTheOldEntryWhileItHasConnections() async throws {
    let harness = try DirectorHarness(LoadBalancer(virtualServices: [Samples.web]))
    try await harness.running {
      try await harness.advance {
        try await harness.kernel.tableLines() == [
          "TCP 192.168.1.100:80 wlc: 192.168.1.110:80 100, 192.168.1.111:80 100"
        ]
      }
      var wider = Samples.web
      wider.entry = .address(Samples.address("192.168.1.100"), ports: PortSet([80...80, 443...443]), protocol: .tcp)
      wider.healthChecks = [HealthCheck(.connect(.list([80])), timing: CheckTiming())]
      try await harness.director.apply(LoadBalancer(virtualServices: [wider]), reason: "test")
      #expect(
        try await harness.kernel.tableLines() == [
          "TCP 192.168.1.100:80 wlc: 192.168.1.110:80 0, 192.168.1.111:80 0",
          mark + "192.168.1.110:0 100, 192.168.1.111:0 100",
        ])
      let server = ServerName(service: "HTTP-Cluster", server: "rip2")
      try await harness.director.setOperatorState(.halt, of: server, by: "root")
      try await harness.advance {
        try await harness.kernel.tableLines() == [
          "TCP 192.168.1.100:80 wlc: 192.168.1.110:80 0", mark + "192.168.1.110:0 100",
        ]
      }
    }
  }
}
