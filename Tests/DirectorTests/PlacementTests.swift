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

  @Test func answersOfADistantServerAreForwardedFromTheInterfaceOfItsRoute() {
    var service = Samples.web
    service.forwarding = .nat
    service.realServers = [RealServer(label: "far", address: Samples.address("172.20.0.9"))]
    let model = Model(configuration: LoadBalancer(virtualServices: [service]), saved: SavedState())
    var state = observed(place("192.168.1.1", 24), defaultInterface: "eth0")
    #expect(model.distantServers(on: state.interfaces) == [Samples.address("172.20.0.9")])
    #expect(model.wantedSysctls(given: state)["net/ipv4/conf/eth0/forwarding"] != nil)
    state.routes[Samples.address("172.20.0.9")] = Route(interface: "eth1", gateway: Samples.address("10.9.9.1"))
    #expect(model.wantedSysctls(given: state)["net/ipv4/conf/eth1/forwarding"] != nil)
    #expect(model.wantedSysctls(given: state)["net/ipv4/conf/eth0/forwarding"] == nil)
  }

  @Test func whatIsMasqueradedIsForwardedFromEachInterfaceThatSharesItsSubnet() {
    func masquerade(_ text: String, _ length: Int, _ interface: String = "eth9") -> OutboundMasquerade {
      OutboundMasquerade(source: Subnet(Samples.address(text), prefixLength: length), interface: interface)
    }
    func wanted(_ masquerades: OutboundMasquerade...) -> (names: Set<String>, masquerades: Set<OutboundMasquerade>) {
      let model = Model(configuration: LoadBalancer(outboundMasquerades: masquerades), saved: SavedState())
      let state = observed(place("192.168.100.1", 24), place("192.168.7.1", 24, "eth1"), defaultInterface: "eth0")
      let names = model.wantedSysctls(given: state).keys.filter { $0.hasSuffix("/forwarding") }
      return (Set(names.map { String($0.split(separator: "/")[3]) }), model.desired(given: state).masquerades)
    }
    #expect(wanted(masquerade("192.168.0.0", 16)).names == ["eth0", "eth1", "eth9"])
    #expect(wanted(masquerade("192.168.7.0", 28)).names == ["eth1", "eth9"])
    #expect(wanted(masquerade("172.20.0.0", 16)).names == ["eth0", "eth9"])
    // The kernel's set takes no overlaps; on another interface it is none.
    let (wide, narrow) = (masquerade("10.0.0.0", 8), masquerade("10.1.0.0", 16))
    #expect(wanted(narrow, wide).masquerades == [wide])
    let elsewhere = masquerade("10.1.0.0", 16, "eth8")
    #expect(wanted(wide, elsewhere).masquerades == [wide, elsewhere])
  }
}
