import Interfaces
import LoadBalancing
import Testing

@testable import Diagnosis
@testable import Director

/// What is asked on the wire, and what is told of what was left out.
@Suite struct SurveyTests {
  private let vip = IPAddress(family: .inet, value: 0xC0A8_0164)
  private let own = IPAddress(family: .inet, value: 0xC0A8_0101)
  private let stranger = HardwareAddress(number: 0x0200_0000_FFFF)

  private func hardware(_ index: Int) -> HardwareAddress { HardwareAddress(number: 0x0200_0000_0000 + UInt64(index)) }

  private func web(_ ports: PortSet = PortSet(80), servers: Int = 1) -> VirtualService {
    VirtualService(
      label: "Web", entry: .address(vip, ports: ports, protocol: .tcp),
      realServers: (1...servers).map {
        RealServer(label: "rip\($0)", address: IPAddress(family: .inet, value: 0xC0A8_0180 + UInt128($0)))
      })
  }

  /// So many ports, each by itself: 1, 2, …
  private func singles(_ count: UInt16) -> PortSet { PortSet((1...count).map { $0...$0 }) }

  /// All servers are beside the load balancer on eth0 and say who they are.
  private func surveyed(_ service: VirtualService, _ places: [InterfaceAddress] = []) -> Survey {
    let expected = Expectations(
      services: [
        .init(state: ServiceState(service: service, servers: []), place: nil, unplaced: nil, isInKernel: true)
      ], floatingIPs: [], unplacedFloatingIPs: [], sysctls: [:], refusals: [],
      labels: ConnectionLabels(LoadBalancer(virtualServices: [service]), marks: MarkAssignment()))
    let links = [
      NetworkLink(index: 1, name: "lo", isLoopback: true, isEthernet: false), NetworkLink(index: 2, name: "eth0"),
    ]
    let subnet = InterfaceAddress(address: own, prefixLength: 24, interface: "eth0")
    let interfaces = InterfaceSnapshot(links: links, addresses: (places + [subnet]).map { ObservedAddress($0) })
    var survey = Survey(expected, only: nil, on: interfaces)
    for (index, server) in service.realServers.enumerated() {
      survey.note(Route(interface: "eth0"), to: server.address)
      survey.note([AddressProbe.Answer(address: server.address, hardware: hardware(index))], on: "eth0")
    }
    return survey
  }

  private func found(by survey: Survey) -> [Finding] { findings(in: survey.evidence(machine: MachineEvidence())) }

  @Test func sixteenPortsAreAsked() {
    #expect(web(singles(20)).askedPorts == Array(1...16))
    let ranges = PortSet((1...20).map { (port: UInt16) in port * 100...port * 100 + 9 })
    #expect(web(ranges).askedPorts == (1...16).map { $0 * 100 })
  }

  @Test func anApplicationThatDoesNotListenOnTheAddressAtItsLastPort() {
    var survey = surveyed(web(singles(16)))
    let probes = survey.probes()["eth0", default: []]
    #expect(probes.count == 32)
    var answers: [SYNProbe: SYNProbe.Answer] = [:]
    for probe in probes {
      let isMissed = probe.destination == vip && probe.port == 16
      answers[probe] = isMissed ? .refused(by: probe.hardware) : .accepted(by: probe.hardware)
    }
    survey.note(answers)
    #expect(found(by: survey).map(\.code) == [.notListeningOnVIP])
    #expect(survey.summary.count == 1, "every port was asked for")
  }

  @Test func portsThatAreNotAskedAreTold() {
    let list = (1...16).map { "\($0)" }.joined(separator: ", ")
    #expect(
      surveyed(web(singles(20))).summary.dropFirst() == ["Of the 20 ports of Web, only these were asked for: \(list)."])
    let some = PortSet([80...80, 443...443, 50000...59999])
    #expect(
      surveyed(web(some)).summary.dropFirst() == ["Of the 10002 ports of Web, only these were asked for: 80, 443."])
    #expect(!surveyed(web(.all)).summary.contains { $0.contains("only these") })
  }

  @Test func beyondTheBoundAreFurtherPortsAndNotServers() {
    let probes = surveyed(web(singles(16), servers: 40)).probes()["eth0", default: []]
    #expect(probes.count == 40 * 32 && probes.count > SYNProbe.countMax)
    #expect(Set(probes.prefix(80).map(\.port)) == [1])
    #expect(Set(probes.prefix(80).map(\.hardware)).count == 40)
  }

  @Test(arguments: [24, 32])
  func whoAnswersForAnAddressThatSomebodyElseHasPutHere(prefixLength: Int) {
    var service = web()
    service.interface = VirtualService.InterfaceChoice.none
    let place = InterfaceAddress(address: vip, prefixLength: prefixLength, interface: "eth0")
    var survey = surveyed(service, [place])
    let questions = survey.questions["eth0", default: []].filter { $0.address == vip }
    #expect(questions == [.init(vip), .init(vip, asker: own)])
    let sources = survey.probes()["eth0", default: []].map(\.source)
    #expect(Set(sources) == [own], "a server takes no packet from an address that it has")
    survey.note([.init(address: vip, hardware: hardware(0)), .init(address: vip, hardware: stranger)], on: "eth0")
    #expect(Set(found(by: survey).map(\.code)) == [.arpProblem, .duplicateAddress])
  }

  @Test func serversAreAskedFromTheOnlyAddressThereIs() {
    var service = web()
    service.entry = .address(own, ports: PortSet(80), protocol: .tcp)
    (service.forwarding, service.interface) = (.nat, VirtualService.InterfaceChoice.none)
    let survey = surveyed(service)
    #expect(survey.questions["eth0", default: []].filter { $0.address == own } == [.init(own)])
    #expect(survey.probes()["eth0", default: []].first?.source == own)
  }

  @Test func nobodyIsAskedForAnAddressThatIsElsewhereOrOnLoopback() {
    var service = web()
    service.interface = VirtualService.InterfaceChoice.none
    for places in [[], [InterfaceAddress(virtual: vip, interface: "lo")]] {
      let survey = surveyed(service, places)
      #expect(!survey.questions.values.joined().contains { $0.address == vip })
      #expect(found(by: survey).isEmpty)
    }
  }
}
