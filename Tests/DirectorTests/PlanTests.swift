import IPVS
import Interfaces
import LoadBalancing
import PacketMarks
import Testing

@testable import Director

@Suite struct PlanTests {
  private let key = IPVSService.Key.address(Samples.address("192.168.1.100"), port: 80, protocol: 6)
  private let vip = InterfaceAddress(virtual: Samples.address("192.168.1.100"), interface: "eth0")

  private func destination(_ text: String, weight: Int32 = 100) -> IPVSDestination {
    IPVSDestination(key: .init(address: Samples.address(text), port: 80), method: .direct, weight: weight)
  }

  private func entry(_ destinations: [IPVSDestination], scheduler: String = "wlc") -> IPVSTableEntry {
    IPVSTableEntry(
      service: IPVSService(key: key, scheduler: scheduler),
      destinations: Dictionary(destinations.map { ($0.key, $0) }) { $1 })
  }

  private func observed(_ entry: IPVSTableEntry?, addresses: [InterfaceAddress] = []) -> ObservedState {
    ObservedState(
      services: entry.map { [key: $0] } ?? [:], counters: [:], packetMarks: nil,
      interfaces: InterfaceSnapshot(addresses: addresses.map { ObservedAddress($0) }), sysctls: [:])
  }

  private func desired(_ entry: IPVSTableEntry) -> DesiredState {
    var desired = DesiredState()
    desired.services["a"] = DesiredService(entry: entry, marks: [:], sourceTranslations: [:])
    desired.addresses = [vip]
    return desired
  }

  @Test func fromNothingEverythingIsMadeAndTheAddressLast() {
    let server = destination("192.168.1.110")
    let changes = plan(from: observed(nil), to: desired(entry([server])), owning: Ownership())
    #expect(
      changes == [
        .ipvs(.addService(IPVSService(key: key, scheduler: "wlc"))),
        .ipvs(.addDestination(server, in: key)),
        .interface(.addAddress(vip)),
      ])
  }

  @Test func whatIsRightIsLeftAlone() {
    let right = entry([destination("192.168.1.110")])
    #expect(plan(from: observed(right, addresses: [vip]), to: desired(right), owning: Ownership()).isEmpty)
  }

  @Test func aWeightIsOneChange() {
    let before = entry([destination("192.168.1.110"), destination("192.168.1.111")])
    let heavier = destination("192.168.1.111", weight: 200)
    let after = entry([destination("192.168.1.110"), heavier])
    #expect(
      plan(from: observed(before, addresses: [vip]), to: desired(after), owning: Ownership())
        == [.ipvs(.editDestination(heavier, in: key))])
  }

  @Test func aSchedulerIsEditedInPlace() {
    let before = entry([destination("192.168.1.110")])
    let after = entry([destination("192.168.1.110")], scheduler: "rr")
    #expect(
      plan(from: observed(before, addresses: [vip]), to: desired(after), owning: Ownership())
        == [.ipvs(.editService(after.service))])
  }

  @Test func serversLeaveBeforeOthersEnter() {
    let before = entry([destination("192.168.1.110")])
    let after = entry([destination("192.168.1.109")])
    #expect(
      plan(from: observed(before, addresses: [vip]), to: desired(after), owning: Ownership()) == [
        .ipvs(.removeDestination(destination("192.168.1.110").key, in: key)),
        .ipvs(.addDestination(destination("192.168.1.109"), in: key)),
      ])
  }

  @Test func onlyWhatIsOwnedIsRemovedAndTheAddressGoesFirst() {
    let there = entry([destination("192.168.1.110")])
    let state = observed(there, addresses: [vip])
    #expect(plan(from: state, to: DesiredState(), owning: Ownership()).isEmpty)
    var owned = Ownership()
    owned.services = [key, .firewallMark(9, .inet)]
    owned.addresses = [vip]
    #expect(
      plan(from: state, to: DesiredState(), owning: owned)
        == [.interface(.removeAddress(vip)), .ipvs(.removeService(key))])
  }

  @Test func aSpoiltTableGoesWhereNoneIsWanted() {
    var state = observed(nil)
    state.packetMarks = .spoilt
    #expect(plan(from: state, to: DesiredState(), owning: Ownership()) == [.packetMark(.removeTable)])
    var desired = DesiredState()
    desired.masquerades = [
      OutboundMasquerade(source: Subnet(Samples.address("10.0.0.0"), prefixLength: 8), interface: "eth0")
    ]
    #expect(
      plan(from: state, to: desired, owning: Ownership())
        == desired.masquerades.map { .packetMark(.addMasquerade($0)) })
  }

  @Test func anIPv6AddressMakesRoomForItselfWithAnotherPrefix() {
    func place(_ text: String, _ length: Int) -> InterfaceAddress {
      InterfaceAddress(address: Samples.address(text), prefixLength: length, interface: "eth0")
    }
    let (old, other) = (place("2001:db8::15", 128), place("2001:db8::16", 128))
    var owned = Ownership()
    owned.addresses = [old, other]
    var desired = DesiredState()
    desired.addresses = [place("2001:db8::15", 64)]
    #expect(
      plan(from: observed(nil, addresses: [old, other]), to: desired, owning: owned) == [
        .interface(.removeAddress(old)), .interface(.addAddress(place("2001:db8::15", 64))),
        .interface(.removeAddress(other)),
      ])
  }

  @Test func routerAdvertisementsAreSecuredBeforeForwarding() {
    var desired = DesiredState()
    desired.sysctls = [
      "net/ipv6/conf/all/forwarding": DesiredSysctl("1"),
      "net/ipv6/conf/eth0/accept_ra": DesiredSysctl("2", replacing: "1"),
      "net/ipv6/conf/eth1/accept_ra": DesiredSysctl("2", replacing: "1"),
    ]
    var state = observed(nil)
    state.sysctls = ["net/ipv6/conf/eth0/accept_ra": "1", "net/ipv6/conf/eth1/accept_ra": "0"]
    #expect(
      plan(from: state, to: desired, owning: Ownership()) == [
        .sysctl(name: "net/ipv6/conf/eth0/accept_ra", value: "2"),
        .sysctl(name: "net/ipv6/conf/all/forwarding", value: "1"),
      ])
  }

  @Test func sourceTranslationFollowsTheService() {
    let mark = IPVSService.Key.firewallMark(7, .inet)
    let service = IPVSTableEntry(service: IPVSService(key: mark, scheduler: "wlc"))
    let translation = SourceTranslation.Key(mark: 7, family: .inet)
    var state = observed(nil)
    state.services = [mark: service]
    state.packetMarks = PacketMarkState(sourceTranslations: [.init(mark: 8, family: .inet): .masquerade])
    let desired = DesiredService(entry: service, marks: [:], sourceTranslations: [translation: .masquerade])
    #expect(
      plan(from: state, to: desired) == [
        .packetMark(.setSourceTranslation(translation, .masquerade, replacing: nil))
      ])
  }

  @Test func newClientsAreLedElsewhereBeforeAnEntryLingers() {
    let (old, new) = (IPVSService.Key.firewallMark(7, .inet), IPVSService.Key.firewallMark(8, .inet))
    let selector = PacketMarkSelector(address: Samples.address("192.168.1.100"), protocolNumber: 6, ports: 80...80)
    let (server, drained) = (destination("192.168.1.110"), destination("192.168.1.110", weight: 0))
    func entry(_ key: IPVSService.Key, _ destination: IPVSDestination) -> IPVSTableEntry {
      IPVSTableEntry(
        service: IPVSService(key: key, scheduler: "wlc"), destinations: [destination.key: destination])
    }
    var state = observed(nil)
    state.services = [old: entry(old, server)]
    state.packetMarks = PacketMarkState(marks: [selector: 7])
    var desired = DesiredState()
    desired.services["a"] = DesiredService(entry: entry(new, server), marks: [selector: 8], sourceTranslations: [:])
    desired.lingering = [old: entry(old, drained)]
    #expect(
      plan(from: state, to: desired, owning: Ownership()) == [
        .ipvs(.addService(IPVSService(key: new, scheduler: "wlc"))),
        .ipvs(.addDestination(server, in: new)),
        .packetMark(.setMark(selector, 8, replacing: 7)),
        .ipvs(.editDestination(drained, in: old)),
      ])
  }
}
