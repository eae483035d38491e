import IPVS
import Interfaces
import LoadBalancing
import PacketMarks
import Testing

@testable import Director

/// What a look must have brought before anything is decided on it.
@Suite struct CourseTests {
  private let web = LoadBalancer(virtualServices: [Samples.web])
  private let key = IPVSService.Key.address(Samples.address("192.168.1.100"), port: 80, protocol: 6)

  private func observed(
    _ services: [IPVSTableEntry] = [], link: String = "eth0", asked: Course.Question, value: String = "0",
    connections: UInt32 = 1
  ) -> ObservedState {
    let own = InterfaceAddress(address: Samples.address("192.168.1.1"), prefixLength: 24, interface: link)
    let vip = InterfaceAddress(virtual: Samples.address("192.168.1.100"), interface: link)
    let counted = IPVSCounters(connections: IPVSConnections(active: connections))
    var counters: IPVSCounterTable = [:]
    for entry in services where asked.counting {
      counters[entry.service.key] = IPVSServiceCounters(
        destinations: entry.destinations.mapValues { _ in counted })
    }
    return ObservedState(
      services: Dictionary(uniqueKeysWithValues: services.map { ($0.service.key, $0) }), counters: counters,
      packetMarks: nil,
      interfaces: InterfaceSnapshot(
        links: [NetworkLink(index: 2, name: link)],
        addresses: [ObservedAddress(own)] + (services.isEmpty ? [] : [ObservedAddress(vip, isOurs: true)])),
      sysctls: Dictionary(uniqueKeysWithValues: asked.sysctls.map { ($0, value) }))
  }

  /// Both servers up, and all programmed.
  private func running() -> Course {
    var course = Course(model: Model(configuration: web, saved: SavedState()))
    _ = course.model.note(Dictionary(uniqueKeysWithValues: course.model.targets.map { ($0, .up) }))
    let nothing = Course.Question()
    _ = course.saw(observed(asked: nothing), by: nothing)
    let turn = course.begin()
    let question = course.question
    _ = course.saw(observed(asked: question), by: question)
    course.made(course.plan(turn).changes)
    return course
  }

  @Test func whatIsNeitherWantedNorThereIsGivenUp() {
    let others = IPVSService.Key.address(Samples.address("192.168.1.77"), port: 80, protocol: 6)
    var saved = SavedState()
    saved.owned.services = [others]
    saved.owned.addresses = [InterfaceAddress(virtual: Samples.address("192.168.1.77"), interface: "eth0")]
    var course = Course(model: Model(configuration: web, saved: saved))
    func turn(_ services: [IPVSTableEntry]) -> [KernelChange] {
      course.request(look: .everything)
      let (turn, question) = (course.begin(), course.question)
      _ = course.saw(observed(services, asked: question), by: question)
      return course.plan(turn).changes
    }
    let there = IPVSTableEntry(service: IPVSService(key: others, scheduler: "wlc"))
    #expect(turn([there]).isEmpty, "the sysctls are asked for first")
    #expect(turn([there]).contains(.ipvs(.removeService(others))))
    _ = turn([])
    #expect(turn([there]).contains(.ipvs(.removeService(others))), "a listing may skip it once")
    _ = (turn([]), turn([]))
    #expect(course.model.saved.owned.addresses.allSatisfy { $0.address == Samples.web.address })
    #expect(!turn([there]).contains(.ipvs(.removeService(others))))
  }

  @Test func sysctlsAndTimeoutsOnTheirWayWhenLbdIsWithdrawnAreNotForgotten() {
    var configuration = web
    configuration.global.timeouts = KernelTimeouts(tcp: 77)
    var course = Course(model: Model(configuration: configuration, saved: SavedState()))
    for _ in 0..<2 {
      course.request(look: .everything)
      let (turn, question) = (course.begin(), course.question)
      var state = observed(asked: question)
      state.timeouts = KernelTimeouts(tcp: 900, tcpFin: 120, udp: 300)
      _ = course.saw(state, by: question)
      let plan = course.plan(turn)
      course.model.saved.withdrawn = !plan.changes.isEmpty
      course.made(plan.changes)
    }
    #expect(course.model.saved.originalSysctls["net/ipv4/vs/expire_nodest_conn"] == "0")
    #expect(course.model.saved.originalTimeouts?.tcp == 900)
  }

  @Test func whatIsRightIsComparedAgainOnceTheKernelOrTheModelChanges() throws {
    var course = running()
    var entry = try #require(course.observed?.services[key])
    func changes() -> [KernelChange] {
      course.request(look: .everything)
      let (turn, asked) = (course.begin(), course.question)
      var state = observed([entry], asked: asked)
      state.sysctls.merge(course.observed?.sysctls ?? [:]) { $1 }
      _ = course.saw(state, by: asked)
      let plan = course.plan(turn)
      course.made(plan.changes)
      return plan.changes.filter { if case .ipvs = $0 { true } else { false } }
    }
    _ = changes()
    for _ in 0..<3 { #expect(changes() == []) }
    #expect(course.isRight)

    let (name, right) = try #require(entry.destinations.first)
    entry.destinations[name]?.weight = 0
    #expect(changes() == [.ipvs(.editDestination(right, in: key))])
    entry.destinations[name] = right
    for _ in 0..<3 { #expect(changes() == []) }
    #expect(course.isRight)

    let server = try #require(Samples.web.realServers.first { $0.address == name.address })
    course.model.setOperatorState(.halt, of: ServerName(service: Samples.web.label, server: server.label))
    #expect(changes() == [.ipvs(.removeDestination(name, in: key))])
  }

  @Test func whateverALookFindsOtherwiseIsCompared() throws {
    var course = running()
    let entry = try #require(course.observed?.services[key])
    let asked = course.question
    var right = observed([entry], asked: asked)
    right.sysctls.merge(course.observed?.sysctls ?? [:]) { $1 }
    func rest(_ state: ObservedState) {
      course.request(look: .everything)
      let turn = course.begin()
      _ = course.saw(state, by: asked)
      #expect(course.plan(turn).changes == [])
      #expect(course.isRight)
    }
    let others: [(inout ObservedState) -> Void] = [
      { $0.services[key]?.service.scheduler = "rr" },
      { $0.packetMarks = PacketMarkState() },
      { $0.interfaces.links.append(NetworkLink(index: 3, name: "eth1")) },
      { $0.sysctls["net/ipv4/vs/expire_nodest_conn"] = "0" },
      { $0.timeouts.tcp = 1 },
      { $0.routingMarks = [RoutingMark(value: 1, mask: .max)] },
    ]
    for change in others {
      rest(right)
      var other = right
      change(&other)
      _ = course.saw(other, by: asked)
      #expect(!course.isRight)
    }
    rest(right)
    course.found([:])
    #expect(course.isRight)
    course.found([Samples.address("10.0.0.9"): Route(interface: "eth0")])
    #expect(!course.isRight)
  }

  @Test func aMarkThatARuleUsesSinceLbdStartedIsNotGiven() {
    var course = running()
    var state = observed(asked: Course.Question())
    state.routingMarks = [RoutingMark(value: MarkAssignment.defaultBase, mask: .max)]
    _ = course.saw(state, by: Course.Question())
    course.model.configure(LoadBalancer(virtualServices: [Samples.web, Samples.romexis]))
    #expect(course.model.saved.marks.marks == ["RomexisVIP": MarkAssignment.defaultBase + 1])
  }

  @Test func noSysctlIsSetBeforeItsValueIsKnown() {
    var course = Course(model: Model(configuration: LoadBalancer(), saved: SavedState()))
    let turn = course.begin()
    let question = course.question
    course.model.configure(web)
    _ = course.saw(observed(asked: question), by: question)
    let plan = course.plan(turn)
    #expect(plan.isPutOff && plan.changes.isEmpty)
    let again = course.begin()
    #expect(again.look == .everything)
    let asked = course.question
    _ = course.saw(observed(asked: asked), by: asked)
    #expect(course.plan(again).changes.contains(.sysctl(name: "net/ipv4/vs/expire_nodest_conn", value: "1")))
    #expect(course.model.saved.originalSysctls["net/ipv4/vs/expire_nodest_conn"] == "0")
  }

  @Test func noEntryGoesBeforeItsConnectionsAreCounted() throws {
    var course = running()
    let entry = try #require(course.observed?.services[key])
    course.request(look: .everything)
    let turn = course.begin()
    let question = course.question
    #expect(!question.counting)
    var more = Samples.web
    more.entry = .address(Samples.address("192.168.1.100"), ports: PortSet([80...80, 443...443]), protocol: .tcp)
    course.model.configure(LoadBalancer(virtualServices: [more]))
    _ = course.model.note(Dictionary(uniqueKeysWithValues: course.model.targets.map { ($0, .up) }))
    _ = course.saw(observed([entry], asked: question), by: question)
    #expect(course.plan(turn).isPutOff)
    let again = course.begin()
    let asked = course.question
    #expect(asked.counting)
    _ = course.saw(observed([entry], asked: asked), by: asked)
    let changes = course.plan(again).changes
    #expect(!changes.contains(.ipvs(.removeService(key))))
    #expect(changes.contains { if case .ipvs(.editDestination(let it, key)) = $0 { it.weight == 0 } else { false } })
  }

  @Test func aConnectionThatOpensAfterTheCountDoesNotEndWithItsEntry() throws {
    var course = running()
    var entry = try #require(course.observed?.services[key])
    var more = Samples.web
    more.entry = .address(Samples.address("192.168.1.100"), ports: PortSet([80...80, 443...443]), protocol: .tcp)
    course.model.configure(LoadBalancer(virtualServices: [more]))
    _ = course.model.note(Dictionary(uniqueKeysWithValues: course.model.targets.map { ($0, .up) }))
    func changes() -> [KernelChange] {
      course.request(look: .everything)
      let (turn, asked) = (course.begin(), course.question)
      _ = course.saw(observed([entry], asked: asked, connections: 0), by: asked)
      let changes = course.plan(turn).changes
      course.made(changes)
      return changes
    }
    let first = changes()
    for destination in entry.destinations.keys {
      let drained = try #require(course.observed?.services[key]?.destinations[destination])
      #expect(drained.weight == 0)
      entry.destinations[destination] = drained
    }
    #expect(!first.contains(.ipvs(.removeService(key))))
    let seen = try #require(course.observed)
    #expect(course.saw(seen.interfaces, seen.packetMarks) == nil, "connections must be counted anew")
    #expect(changes().contains(.ipvs(.removeService(key))))
  }

  @Test func anInterfaceThatIsRenamedTakesAlongWhatIsOurs() throws {
    var course = running()
    let entry = try #require(course.observed?.services[key])
    course.model.saved.originalSysctls["net/ipv4/conf/eth0/send_redirects"] = "1"
    let question = course.question
    let renamed = observed([entry], link: "lan0", asked: question, value: "1")
    #expect(course.saw(renamed.interfaces, renamed.packetMarks) == nil, "its sysctls have other names too")
    _ = course.saw(renamed, by: question)
    let place = InterfaceAddress(virtual: Samples.address("192.168.1.100"), interface: "lan0")
    #expect(course.model.saved.owned.addresses == [place])
    #expect(course.model.saved.originalSysctls["net/ipv4/conf/lan0/send_redirects"] == "1")
    #expect(course.model.saved.originalSysctls["net/ipv4/conf/eth0/send_redirects"] == nil)
  }

  @Test func whatOthersMadeAndTheConfigurationNamesIsOursFromThenOn() throws {
    let entry = try #require(running().observed?.services[key])
    var course = Course(model: Model(configuration: LoadBalancer(), saved: SavedState()))
    let nothing = Course.Question()
    _ = course.saw(observed([entry], asked: nothing), by: nothing)
    course.model.configure(web)
    _ = course.model.note(Dictionary(uniqueKeysWithValues: course.model.targets.map { ($0, .up) }))
    let turn = course.begin()
    let question = course.question
    _ = course.saw(observed([entry], asked: question), by: question)
    #expect(!course.plan(turn).changes.contains { if case .ipvs = $0 { true } else { false } })
    course.model.configure(LoadBalancer())
    course.request(look: .everything)
    let last = course.begin()
    let counting = course.question
    _ = course.saw(observed([entry], asked: counting), by: counting)
    #expect(course.plan(last).changes.contains(.ipvs(.removeService(key))))
  }

  @Test func aFallbackEntersAfterTheDrainedServerHasLostItsWeight() throws {
    let server = IPVSDestination.Key(address: Samples.address("10.0.0.9"), port: 80)
    let fallback = IPVSDestination.Key(address: Samples.address("10.0.0.2"), port: 80)
    let service = IPVSService(key: key, scheduler: "wlc")
    let before = IPVSTableEntry(
      service: service, destinations: [server: IPVSDestination(key: server, method: .direct, weight: 100)])
    let after = IPVSTableEntry(
      service: service,
      destinations: [
        server: IPVSDestination(key: server, method: .direct, weight: 0),
        fallback: IPVSDestination(key: fallback, method: .direct),
      ])
    #expect(
      planEntry(from: before, to: after) == [
        .ipvs(.editDestination(IPVSDestination(key: server, method: .direct, weight: 0), in: key)),
        .ipvs(.addDestination(IPVSDestination(key: fallback, method: .direct), in: key)),
      ])
  }

  @Test func afterARestartNoFallbackServesForWhoIsOnlyAwaited() throws {
    func service(_ label: String, _ address: String, checked ports: [UInt16]) -> VirtualService {
      VirtualService(
        label: label, entry: .address(Samples.address(address), ports: PortSet(80), protocol: .tcp),
        onFailure: .quiesce,
        healthChecks: ports.map { HealthCheck(.connect(.list([$0])), timing: CheckTiming()) },
        fallback: FallbackServer(address: Samples.address("192.168.1.120")),
        realServers: [RealServer(label: "a", address: Samples.address("192.168.1.110"))])
    }
    func entry(_ address: String, _ servers: [(String, Int32)]) -> IPVSTableEntry {
      let destinations = servers.map { server, weight in
        IPVSDestination(key: .init(address: Samples.address(server), port: 80), method: .direct, weight: weight)
      }
      return IPVSTableEntry(
        service: IPVSService(key: .address(Samples.address(address), port: 80, protocol: 6), scheduler: "wlc"),
        destinations: Dictionary(uniqueKeysWithValues: destinations.map { ($0.key, $0) }))
    }
    // The server is down in one service, and in the other, by a check that both have and one of its own, not known yet.
    let both = [
      service("Down", "192.168.1.100", checked: [80, 81]), service("Awaited", "192.168.1.101", checked: [81, 82]),
    ]
    var model = Model(configuration: LoadBalancer(virtualServices: both), saved: SavedState())
    model.takeOver(
      observed(
        [
          entry("192.168.1.100", [("192.168.1.110", 0), ("192.168.1.120", 1)]), entry("192.168.1.101", []),
        ], asked: Course.Question()))
    #expect(model.states["Down"]?.servers[0].health == .down && model.states["Down"]?.fallbackServes == true)
    #expect(model.states["Awaited"]?.servers[0].health == .unknown)
    #expect(model.states["Awaited"]?.fallbackServes == false)
  }

  @Test func aRestartTellsWhoWasDownFromWhoIsDrained() {
    // At weight 0 both may be, and the fallback serves beside both.
    let drained = ServerName(service: "Web", server: "a")
    let service = VirtualService(
      label: drained.service, entry: .address(Samples.address("192.168.1.100"), ports: PortSet(80), protocol: .tcp),
      onFailure: .quiesce, healthChecks: [HealthCheck(.connect(.list([80])), timing: CheckTiming())],
      realServers: [RealServer(label: drained.server, address: Samples.address("192.168.1.110"))])
    let held = IPVSDestination(
      key: .init(address: Samples.address("192.168.1.110"), port: 80), method: .direct, weight: 0)
    let entry = IPVSTableEntry(service: IPVSService(key: key, scheduler: "wlc"), destinations: [held.key: held])
    for down in [[:], [drained.service: [drained.server]]] {
      var saved = SavedState()
      saved[drained] = .drain
      saved.down = down
      var model = Model(configuration: LoadBalancer(virtualServices: [service]), saved: saved)
      model.takeOver(observed([entry], asked: Course.Question()))
      #expect(model.states[drained.service]?.servers[0].health == (down.isEmpty ? .up : .down))
      #expect(model.saved.down == down, "remembered for the next start too")
    }
  }

  /// After a restart: a server in the kernel's table, what its agent had said, and what is taken over of it.
  private func restarted(held weight: Int32, _ word: AgentReport) -> (state: ServerState?, saved: SavedState) {
    let service = VirtualService(
      label: "Web", entry: .address(Samples.address("192.168.1.100"), ports: PortSet(80), protocol: .tcp),
      onFailure: .quiesce,
      healthChecks: [HealthCheck.Kind.connect(.list([80])), .agent(send: [], port: nil)].map {
        HealthCheck($0, timing: CheckTiming())
      },
      realServers: [RealServer(label: "a", address: Samples.address("192.168.1.110"))])
    let held = IPVSDestination(
      key: .init(address: Samples.address("192.168.1.110"), port: 80), method: .direct, weight: weight)
    let entry = IPVSTableEntry(service: IPVSService(key: key, scheduler: "wlc"), destinations: [held.key: held])
    var saved = SavedState()
    saved.down = [:]
    saved.agents = ["Web": ["a": [word]]]
    var model = Model(configuration: LoadBalancer(virtualServices: [service]), saved: saved)
    model.takeOver(observed([entry], asked: Course.Question()))
    return (model.states["Web"]?.servers[0], model.saved)
  }

  @Test func aRestartTellsWhoWasDownFromWhomItsAgentDrains() {
    let word = AgentReport(share: 75, admission: .drain)
    let (state, saved) = restarted(held: 0, word)
    #expect(state?.health == .up && state?.share == 0)
    #expect(saved.agents == ["Web": ["a": [word]]] && saved.down == [:], "remembered for the next start too")
  }

  @Test func theKernelsWordCountsMoreThanWhatAnAgentHadSaid() {
    for word in [AgentReport(admission: .maintenance), AgentReport(isDown: true)] {
      let (state, saved) = restarted(held: 55, word)
      #expect(state?.health == .up && state?.share == 55 && state?.isInMaintenance == false)
      #expect(saved.agents == [:])
    }
  }
}
