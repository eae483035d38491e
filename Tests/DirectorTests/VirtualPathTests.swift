import HealthChecks
import IPVS
import Interfaces
import LoadBalancing
import PacketMarks
import Testing

@testable import Director

/// Checks through virtual addresses, from the configuration to the kernel.
@Suite(.timeLimit(.minutes(5))) struct VirtualPathTests {
  private let base = MarkAssignment.defaultBase
  private let sysctl = "net/ipv4/conf/eth0/accept_local"
  private let timing = CheckTiming(interval: .seconds(1))

  private func web(_ via: HealthCheck.Via, _ label: String = "HTTP-Cluster", port: UInt16 = 80) -> VirtualService {
    var service = Samples.web
    service.label = label
    service.entry = .address(Samples.address("192.168.1.100"), ports: PortSet(port), protocol: .tcp)
    service.healthChecks = [HealthCheck(.connect(.list([80])), timing: timing, via: via)]
    return service
  }

  private func served(_ mark: String = "") -> [String] {
    ["TCP 192.168.1.100:80 wlc: 192.168.1.110:80 100, 192.168.1.111:80 100"]
      + (mark.isEmpty
        ? [] : ["mark \(base) (IPv4) wlc: 192.168.1.110:0 1", "mark \(base + 1) (IPv4) wlc: 192.168.1.111:0 1"])
  }

  @Test func eachServerHasAnEntryOfItsOwnForChecks() async throws {
    let harness = try DirectorHarness(LoadBalancer(virtualServices: [web(.vip)]))
    await harness.kernel.set(sysctl, "0")
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == served("marks") }
      #expect(await harness.kernel.sysctls[sysctl] == "1")
      let relay = CheckRelay(server: Samples.address("192.168.1.110"), family: .inet)
      let source = Samples.address("192.168.1.1").bytes
      #expect(harness.director.checkRoutes.current[relay] == .ready(.init(mark: base, source: source)))
      #expect(await harness.kernel.marks.isEmpty, "nothing else may get the marks of checks")

      await harness.director.withdraw(by: "root")
      #expect(try await harness.kernel.tableLines() == [])
      #expect(await harness.kernel.sysctls[sysctl] == "0")
      #expect(harness.director.checkRoutes.current[relay] == .missing("lbd is withdrawn from the kernel"))
      await harness.director.resume(by: "root")
      #expect(try await harness.kernel.tableLines() == served("marks"))

      await harness.kernel.flushIPVS()
      try await harness.advance { try await harness.kernel.tableLines() == served("marks") }
      try await harness.director.apply(LoadBalancer(virtualServices: [web(.server)]), reason: "test")
      #expect(try await harness.kernel.tableLines() == served(), "the servers stay while their checks become others")
      #expect(harness.director.checkRoutes.current.isEmpty)
    }
  }

  @Test func servicesOnOneServerShareItsCheckAndItsEntry() async throws {
    let both = LoadBalancer(virtualServices: [web(.vip), web(.vip, "More", port: 81)])
    let model = Model(configuration: both, saved: SavedState())
    #expect(model.targets.count == 2)
    #expect(model.relays.count == 2)
    #expect(model.saved.marks.checkMarks.map { Set($0.values) } == [base, base + 1])
  }

  @Test func marksStayOverRestartsAndKeepClearOfOthers() throws {
    var marks = MarkAssignment()
    let relays: Set<CheckRelay> = [
      CheckRelay(server: Samples.address("192.168.1.110"), family: .inet),
      CheckRelay(server: Samples.address("192.168.1.110"), tunnel: Tunnel(), family: .inet),
    ]
    marks.assign(to: ["a"], relays: relays, keeping: ["a"], base: 100) { $0 == 101 }
    #expect(marks.marks == ["a": 100])
    #expect(marks.checkMarks == ["192.168.1.110 dr inet": 102, "192.168.1.110 tun ipip inet": 103])
    marks.assign(to: ["a", "b"], relays: relays, keeping: ["a", "b"], base: 100) { $0 == 101 }
    #expect(marks.marks == ["a": 100, "b": 104])
    marks.assign(to: ["a", "b"], keeping: ["a", "b"], base: 100) { $0 == 101 }
    #expect(marks.checkMarks == nil)
  }

  @Test func aCheckLeavesTheMarkThatAServiceIsSeenToHave() throws {
    let relay = CheckRelay(server: Samples.address("192.168.1.110"), family: .inet)
    var marks = MarkAssignment()
    // Saved before a change that was never made: the table still has the mark for the service.
    marks.assign(to: [], relays: [relay], keeping: ["a"], base: 100) { _ in false }
    marks.adopt(100, for: "a")
    marks.assign(to: ["a"], relays: [relay], keeping: ["a"], base: 100) { _ in false }
    #expect(marks.marks == ["a": 100])
    #expect(marks.mark(of: relay) == 101)
  }

  @Test func theSourceIsTheLoadBalancersOwnOnTheWayToTheServer() throws {
    let eth0 = InterfaceAddress(address: Samples.address("192.168.1.1"), prefixLength: 24, interface: "eth0")
    let eth1 = InterfaceAddress(address: Samples.address("10.9.0.1"), prefixLength: 24, interface: "eth1")
    let virtual = InterfaceAddress(virtual: Samples.address("10.9.0.100"), interface: "eth1")
    var observed = ObservedState(
      services: [:], counters: IPVSCounterTable(), packetMarks: nil,
      interfaces: InterfaceSnapshot(
        links: [NetworkLink(index: 2, name: "eth0"), NetworkLink(index: 3, name: "eth1")],
        addresses: [ObservedAddress(virtual, isOurs: true), ObservedAddress(eth0), ObservedAddress(eth1)]),
      sysctls: [:])
    let near = CheckRelay(server: Samples.address("192.168.1.110"), family: .inet)
    #expect(CheckOrigin(of: near, given: observed)?.source == eth0.address)
    let far = CheckRelay(server: Samples.address("172.16.0.21"), tunnel: Tunnel(), family: .inet)
    #expect(CheckOrigin(of: far, given: observed) == nil)
    observed.routes[far.server] = Route(
      interface: "eth1", gateway: Samples.address("10.9.0.254"), source: virtual.address)
    #expect(CheckOrigin(of: far, given: observed)?.source == eth1.address)
    #expect(CheckOrigin(of: far, given: observed)?.interface == "eth1")
  }

  /// Whatever is edited about a check, the server that was up stays up until the new check says otherwise.
  @Test func anEditedCheckTakesNobodyOut() async throws {
    let harness = try DirectorHarness(LoadBalancer(virtualServices: [web(.server)]))
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == served() }
      await harness.kernel.forgetChanges()
      var edited = web(.server)
      edited.healthChecks[0].timing.interval = .seconds(2)
      try await harness.director.apply(LoadBalancer(virtualServices: [edited]), reason: "test")
      #expect(await harness.kernel.changes.isEmpty)
      edited.healthChecks[0].kind = .connect(.list([443]))
      harness.prober.set(Samples.address("192.168.1.110"), isUp: false)
      try await harness.director.apply(LoadBalancer(virtualServices: [edited]), reason: "test")
      #expect(await harness.kernel.changes.isEmpty)
      try await harness.advance {
        try await harness.kernel.tableLines() == ["TCP 192.168.1.100:80 wlc: 192.168.1.111:80 100"]
      }
    }
  }
}
