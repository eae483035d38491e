import Interfaces
import LoadBalancing
import Testing

@testable import Diagnosis
@testable import Director

/// Addresses that no interface here can take, from the configuration to the finding.
@Suite struct UnplacedAddressTests {
  private let vip: IPAddress
  private let floating: FloatingIP
  private let subnet: InterfaceAddress

  init() throws {
    vip = try #require(IPAddress("2001:db8::15"))
    floating = FloatingIP(address: try #require(IPAddress("2001:db8::254")))
    subnet = InterfaceAddress(address: try #require(IPAddress("2001:db8::1")), prefixLength: 64, interface: "eth0")
  }

  private func course(_ choice: VirtualService.InterfaceChoice) -> Course {
    let service = VirtualService(
      label: "Web", entry: .address(vip, ports: PortSet(80), protocol: .tcp), interface: choice)
    let configuration = LoadBalancer(floatingIPs: [floating], virtualServices: [service])
    return Course(model: Model(configuration: configuration, saved: SavedState()))
  }

  private func found(
    _ places: [InterfaceAddress], _ choice: VirtualService.InterfaceChoice = .automatic, isUp: Bool = true
  ) -> [Finding] {
    let interfaces = InterfaceSnapshot(
      links: [NetworkLink(index: 2, name: "eth0", isUp: isUp)], addresses: places.map { ObservedAddress($0) })
    let state = ObservedState(
      services: [:], counters: [:], packetMarks: nil, interfaces: interfaces, sysctls: [:])
    var course = course(choice)
    _ = course.saw(state, by: Course.Question())
    let survey = Survey(course.expectations(refusals: []), only: nil, on: interfaces)
    return findings(in: survey.evidence(machine: MachineEvidence())).filter { $0.code == .addressNotUp }
  }

  /// `ip link set eth0 down` takes the IPv6 addresses, and with them the subnet that chose the interface.
  @Test func anInterfaceThatIsSetDown() {
    let held = InterfaceAddress(virtual: vip, interface: "eth0")
    #expect(found([subnet, held]).isEmpty)
    let down = found([], isUp: false)
    #expect(down.map(\.service) == [nil, "Web"])
    #expect(
      down.last?.evidence == "address 2001:db8::15 is not up: no interface has a subnet that holds it and there is no "
        + "default route; set down: eth0")
    #expect(down.last?.remedies.first?.hasSuffix("\n    ip link set eth0 up") == true)
  }

  @Test func anInterfaceThatIsNotThere() {
    let missing = found([subnet], .named("eth9"))
    #expect(missing.map(\.service) == ["Web"])
    #expect(missing.first?.evidence == "address 2001:db8::15 is not up: there is no interface eth9")
  }

  @Test func anAddressThatLbdDoesNotPutThere() {
    #expect(found([], VirtualService.InterfaceChoice.none).map(\.service) == [nil])
    let somebodyElses = InterfaceAddress(virtual: vip, interface: "eth0")
    #expect(found([somebodyElses]).map(\.service) == [nil])
  }

  @Test func beforeTheFirstLookNobodyKnows() {
    let expected = course(.automatic).expectations(refusals: [])
    #expect(expected.services.map(\.unplaced) == [nil] && expected.unplacedFloatingIPs.isEmpty)
  }
}
