import Interfaces
import LoadBalancing
import Testing

@testable import Director

/// Where addresses go.
@Suite struct PlacementTests {
  private let links = [NetworkLink(index: 2, name: "eth0"), NetworkLink(index: 3, name: "eth1")]

  private func place(_ text: String, _ length: Int, _ interface: String = "eth0") -> InterfaceAddress {
    InterfaceAddress(address: Samples.address(text), prefixLength: length, interface: interface)
  }

  private func observed(_ places: InterfaceAddress..., defaultInterface: String? = nil) -> ObservedState {
    ObservedState(
      services: [:], counters: [:], packetMarks: nil,
      interfaces: InterfaceSnapshot(
        links: links, addresses: places.map { ObservedAddress($0) },
        defaultInterfaces: defaultInterface.map { [.inet: $0] } ?? [:]),
      sysctls: [:])
  }

  @Test func anAddressOutlivesTheRouteThatChoseItsInterface() {
    var model = Model(configuration: LoadBalancer(virtualServices: [Samples.web]), saved: SavedState())
    let vip = place("192.168.1.100", 32)
    #expect(model.desired(given: observed(defaultInterface: "eth0")).addresses == [vip])
    #expect(model.desired(given: observed(vip)).addresses.isEmpty, "it may be somebody else's")
    model.saved.owned.addresses = [vip]
    #expect(model.desired(given: observed(vip)).addresses == [vip])
    #expect(model.unplacedAddresses(on: observed(vip).interfaces).isEmpty)
    #expect(
      model.desired(given: observed(vip, place("192.168.1.1", 24, "eth1"))).addresses.map(\.interface) == ["eth1"])
  }

  @Test func aFloatingIPHasThePrefixOfItsInterfacesSubnet() {
    let address = Samples.address("10.0.1.254")
    let all = observed(place("10.0.0.1", 16), place("10.0.1.1", 24, "eth1"))
    func placed(_ interface: String?) -> Set<InterfaceAddress> {
      let configuration = LoadBalancer(floatingIPs: [FloatingIP(address: address, interface: interface)])
      return Model(configuration: configuration, saved: SavedState()).desired(given: all).addresses
    }
    #expect(placed(nil) == [place("10.0.1.254", 24, "eth1")])
    #expect(placed("eth0") == [place("10.0.1.254", 16)])
    #expect(placed("eth9").isEmpty)
  }

  @Test func aFloatingIPThatFitsNowhereIsTold() {
    let floating = [
      FloatingIP(address: Samples.address("10.0.1.254")),
      FloatingIP(address: Samples.address("10.0.1.253"), interface: "eth9"),
    ]
    let model = Model(configuration: LoadBalancer(floatingIPs: floating), saved: SavedState())
    let words = model.unplacedAddresses(on: observed().interfaces)
    #expect(words[floating[0].address]?.contains("no interface has a subnet that holds it") == true)
    #expect(words[floating[1].address]?.contains("there is no interface eth9") == true)
  }

  @Test func anIPv6AddressIsWantedOnceOnAnInterface() {
    let address = Samples.address("2001:db8::15")
    var service = Samples.web
    service.entry = .address(address, ports: PortSet(80), protocol: .tcp)
    let configuration = LoadBalancer(floatingIPs: [FloatingIP(address: address)], virtualServices: [service])
    let model = Model(configuration: configuration, saved: SavedState())
    #expect(
      model.desired(given: observed(place("2001:db8::1", 64))).addresses == [place("2001:db8::15", 64)])
  }
}
