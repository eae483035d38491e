import Director
import Interfaces
import LoadBalancing
import PacketMarks
import Testing

@testable import Diagnosis

/// Evidence as values, and what it shows.
@Suite struct FindingsTests {
  private let own: HardwareAddress
  private let mac: HardwareAddress
  private let stranger: HardwareAddress
  private let vip = IPAddress(family: .inet, value: 0xC0A8_0164)
  private let rip = IPAddress(family: .inet, value: 0xC0A8_016E)

  init() throws {
    own = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 1]))
    mac = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 2]))
    stranger = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 3]))
  }

  private func server(_ forwarding: Forwarding = .dr, _ change: (inout ServerEvidence) -> Void = { _ in })
    -> ServerEvidence
  {
    var server = ServerEvidence(
      label: "a", address: rip, forwarding: forwarding, hardware: [mac],
      ports: [.init(80, virtual: forwarding == .nat ? nil : .accepted(by: mac), own: .accepted(by: mac))])
    if forwarding == .nat { server.wayBack = .init(sources: [vip], returns: true, gateway: vip) }
    change(&server)
    return server
  }

  private func codes(
    _ server: ServerEvidence, claims: [HardwareAddress] = [], _ change: (inout ServiceEvidence) -> Void = { _ in }
  ) -> [String] {
    found(server, claims: claims, change).map { "\($0.code.rawValue) \($0.service ?? "")/\($0.server ?? "")" }
  }

  private func found(
    _ server: ServerEvidence, claims: [HardwareAddress] = [], _ change: (inout ServiceEvidence) -> Void = { _ in }
  ) -> [Finding] {
    var service = ServiceEvidence(
      service: VirtualService(
        label: "Web", entry: .address(vip, ports: PortSet(80), protocol: .tcp), forwarding: server.forwarding),
      claims: claims, servers: [server])
    change(&service)
    return findings(in: Evidence(services: [service]))
  }

  @Test(arguments: Forwarding.allCases)
  func nothingIsFoundWhenAllIsWell(forwarding: Forwarding) { #expect(codes(server(forwarding)).isEmpty) }

  @Test func whoAnswersForTheAddress() {
    #expect(codes(server(), claims: [mac]) == ["arp-problem Web/a"])
    #expect(codes(server { $0.isHalted = true }, claims: [mac]) == ["arp-problem Web/a"])
    #expect(codes(server(), claims: [stranger]) == ["duplicate-address Web/"])
    #expect(codes(server(.nat), claims: [mac]) == ["arp-problem Web/a"])
  }

  @Test func servicesThatShareAnAddressTellOnce() {
    let one = ServiceEvidence(
      service: VirtualService(label: "Web", entry: .address(vip, ports: PortSet(80), protocol: .tcp)), claims: [mac],
      servers: [server()])
    var two = one
    two.service.label = "Other"
    let found = findings(in: Evidence(services: [one, two]))
    #expect(found.map(\.service) == ["Web"])
  }

  @Test func directRouting() {
    func answers(_ virtual: SYNProbe.Answer, _ own: SYNProbe.Answer) -> [String] {
      codes(server { $0.ports = [.init(80, virtual: virtual, own: own)] })
    }
    #expect(answers(.silence, .accepted(by: mac)) == ["vip-not-accepted Web/a"])
    #expect(answers(.silence, .refused(by: mac)) == ["vip-not-accepted Web/a"])
    #expect(answers(.refused(by: mac), .accepted(by: mac)) == ["not-listening-on-vip Web/a"])
    // The health check tells of a program that is not there; a server that says nothing may be off.
    #expect(answers(.refused(by: mac), .refused(by: mac)).isEmpty)
    #expect(answers(.silence, .silence).isEmpty)
    #expect(answers(.accepted(by: mac), .silence).isEmpty)
  }

  @Test func whatIsHaltedIsLeftAlone() {
    #expect(
      codes(
        server {
          $0.isHalted = true
          $0.ports = [.init(80, virtual: .silence, own: .accepted(by: mac))]
        }
      ).isEmpty)
  }

  @Test func tunnels() {
    #expect(
      codes(server(.tun) { $0.ports = [.init(80, virtual: .silence, own: .refused(by: mac))] })
        == ["tunnel-not-accepted Web/a"])
  }

  @Test func translation() {
    #expect(codes(server(.nat) { $0.wayBack?.returns = false }) == ["wrong-gateway Web/a"])
    let stuck = ServerEvidence.Connections(halfOpen: 3, client: vip)
    #expect(codes(server(.nat) { $0.near = stuck }) == ["same-subnet Web/a"])
    let unasked = server(.nat) {
      $0.wayBack = nil
      $0.far = stuck
    }
    #expect(codes(unasked) == ["half-open Web/a"])
    #expect(codes(server(.nat) { $0.far = stuck }).isEmpty)
    #expect(codes(server { $0.far = stuck }).isEmpty)
    #expect(codes(server { $0.far = .init(halfOpen: 300, client: vip, open: 1) }).isEmpty)
    #expect(codes(server { $0.far = .init(halfOpen: 2, client: vip) }).isEmpty)
  }

  @Test func ways() {
    #expect(codes(server { $0.way = .none }) == ["no-route Web/a"])
    let routed = ServerEvidence.Way.routed(interface: "eth0", gateway: vip)
    #expect(codes(server { $0.way = routed }) == ["not-connected Web/a"])
    #expect(codes(server(.nat) { $0.way = routed }).isEmpty)
    #expect(codes(server(.tun) { $0.way = routed }).isEmpty)
  }

  @Test func addressesAndTheKernel() {
    let place = InterfaceAddress(virtual: vip, interface: "eth0")
    #expect(codes(server()) { $0.place = .init(place, isUp: false) } == ["address-not-up Web/"])
    #expect(codes(server()) { $0.place = .init(place, hasLink: false) } == ["no-link Web/"])
    let both = found(server()) { $0.place = .init(place, isUp: false, hasLink: false) }
    #expect(both.map(\.evidence) == ["192.168.1.100/32 on eth0 is not up here, and eth0 has no link"])
    #expect(both.first?.remedies.first?.contains("\n    ip link set eth0 up\n") == true)
    #expect(codes(server()) { $0.isInKernel = false } == ["kernel-missing Web/"])
    var claimed = AddressEvidence(place)
    claimed.claims = [stranger]
    #expect(
      findings(in: Evidence(services: [], machine: .init(floatingIPs: [claimed]))).map(\.code) == [.duplicateAddress])
    let machine = MachineEvidence(
      floatingIPs: [.init(place, isUp: false)],
      settings: [
        .init("net/ipv4/conf/eth0/forwarding", wanted: "1", actual: "0"),
        .init("net/ipv4/vs/conntrack", wanted: "1", actual: nil),
        .init("net/ipv4/vs/expire_nodest_conn", wanted: "1", actual: "0"),
      ], conntrack: (90, 100))
    #expect(
      findings(in: Evidence(services: [], machine: machine)).map(\.code) == [
        .addressNotUp, .forwardingOff, .conntrackOff, .conntrackNearlyFull,
      ])
    #expect(findings(in: Evidence(services: [], machine: .init(conntrack: (89, 100)))).isEmpty)
  }

  @Test func addressesThatNoInterfaceCanTake() throws {
    let missing = UnplacedAddress(vip, interface: "eth9")
    let named = try #require(found(server()) { $0.unplaced = missing }.first)
    #expect(named.code == .addressNotUp && named.service == "Web" && named.server == nil)
    #expect(named.evidence == "address 192.168.1.100 is not up: there is no interface eth9")
    #expect(named.remedies.last?.hasSuffix("\n    lbctl service edit Web --interface INTERFACE") == true)

    let service = VirtualService(label: "Web", entry: .address(vip, ports: PortSet(80), protocol: .tcp))
    var one = ServiceEvidence(service: service)
    one.unplaced = UnplacedAddress(vip)
    var two = one
    two.service.label = "Other"
    var machine = MachineEvidence()
    machine.unplacedFloatingIPs = [UnplacedAddress(vip), UnplacedAddress(rip, interface: "eth9")]
    machine.interfacesSetDown = ["eth1", "eth2"]
    let all = findings(in: Evidence(services: [one, two], machine: machine))
    #expect(all.map(\.code) == [.addressNotUp, .addressNotUp, .addressNotUp, .addressNotUp])
    #expect(all.map(\.service) == [nil, nil, "Web", "Other"])
    let reason = "no interface has a subnet that holds it and there is no default route; set down: eth1, eth2"
    #expect(all.map { $0.evidence.hasSuffix(reason) } == [true, false, true, true])
    #expect(all.last?.remedies.first?.hasSuffix("\n    ip link set eth1 up\n    ip link set eth2 up") == true)
    #expect(all[1].remedies.count == 1 && all[1].remedies[0].hasSuffix("\n    ip -brief link"))
  }

  @Test func theCommandsForClientsInTheServersSubnet() throws {
    func windows(_ client: IPAddress, gateway: IPAddress) -> String? {
      Remedy.sameSubnet(client: client, gateway: gateway, service: "Web").first { $0.contains("Windows") }?
        .split(separator: "\n").last.map { String($0) }
    }
    #expect(
      windows(rip, gateway: vip)
        == "    New-NetRoute -DestinationPrefix 192.168.1.110/32 -InterfaceAlias \"Ethernet\" -NextHop 192.168.1.100")
    let client = try #require(IPAddress("2001:db8::60"))
    let gateway = try #require(IPAddress("2001:db8::1"))
    #expect(
      windows(client, gateway: gateway)
        == "    New-NetRoute -DestinationPrefix 2001:db8::60/128 -InterfaceAlias \"Ethernet\" -NextHop 2001:db8::1")
  }

  /// What an operator copies is exact: the whole text for a server that must be silent and one that must accept.
  @Test func theCommandsForLinux() throws {
    let quiet = try #require(found(server(), claims: [mac]).first?.remedies.first)
    #expect(
      quiet.split(separator: "\n").dropFirst().map { String($0) } == [
        "    sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2",
        "    ip address replace 192.168.1.100/32 dev lo",
        "    ip -o address show to 192.168.1.100 | while read -r _ dev _ prefix _; do [ \"$dev\" = lo ] || "
          + "ip address delete \"$prefix\" dev \"$dev\"; done",
      ])
    let silent = server { $0.ports = [.init(80, virtual: .silence, own: .accepted(by: mac))] }
    let remedies = try #require(found(silent).first?.remedies)
    #expect(remedies[0].hasSuffix("\n    ip address replace 192.168.1.100/32 dev lo"))
    #expect(remedies.contains { $0.contains("weakhostreceive=enabled") })
    #expect(remedies.contains { $0.contains("macOS") } && remedies.contains { $0.contains("NLB") })
  }

  @Test func theLoadBalancersOwnFirewall() throws {
    let policy = PacketDrop(hook: .input, table: .init(family: 1, name: "filter"), chain: "input", place: .policy)
    let rule = PacketDrop(
      hook: .forward, table: .init(family: 2, name: "filter"), chain: "FORWARD",
      place: .rule(chain: "DOCKER", handle: 7, packets: 12))
    let clients = BlockedTraffic(
      .clients, PacketSelector(vip, protocolNumber: 6, ports: PortSet([80...80, 5000...6000])), drops: [policy])
    let finding = try #require(found(server()) { $0.blocked = [clients] }.first)
    #expect(finding.code == .ownFirewall && finding.server == nil)
    #expect(
      finding.evidence == "the load balancer's own firewall drops what clients send (ip daddr 192.168.1.100 tcp dport "
        + "'{ 80, 5000-6000 }'): no rule of chain input in table inet filter admits it, and the chain's policy is drop")
    #expect(
      finding.remedies.first?.hasSuffix(
        "\n    nft insert rule inet filter input ip daddr 192.168.1.100 tcp dport '{ 80, 5000-6000 }' accept") == true)
    let answers = BlockedTraffic(
      .answers, PacketSelector(rip, isSource: true, protocolNumber: 6, ports: PortSet(80)), drops: [rule, rule])
    let stuck = ServerEvidence.Connections(halfOpen: 3, client: vip)
    let both = found(
      server(.nat) {
        $0.blocked = [answers]
        $0.far = stuck
        $0.wayBack = nil
      })
    #expect(both.map(\.code) == [.ownFirewall] && both.first?.server == "a")
    #expect(
      both.first?.evidence.contains("the rule with handle 7 of chain DOCKER in table ip filter, 12 packets") == true)
    #expect(
      both.first?.remedies.first?.hasSuffix("\n    iptables -I FORWARD -s 192.168.1.110 -p tcp --sport 80 -j ACCEPT")
        == true)
  }

  @Test func largePacketsInATunnel() throws {
    let lossy = server(.tun) {
      $0.ports = [.init(80, virtual: .accepted(by: mac), own: .accepted(by: mac))]
      $0.pathMTU = .init(assumed: 1500, seen: 1400)
    }
    let finding = try #require(found(lossy).first)
    #expect(finding.code == .pathMTU && finding.server == "a")
    #expect(finding.remedies[0].hasSuffix("\n    ip route replace 192.168.1.110/32 dev eth0 mtu 1400"))
    // 1400 without the outer header, and those of IP and TCP.
    #expect(finding.remedies[1].hasSuffix(" tcp option maxseg size set 1340"))
  }

  @Test func everyFindingSaysWhatMendsIt() {
    var all = [
      found(server(), claims: [mac, stranger]), found(server { $0.way = .none }),
      found(server(.nat) { $0.wayBack?.returns = false }), found(server()) { $0.isInKernel = false },
    ].flatMap { $0 }
    all += findings(in: Evidence(services: [], machine: .init(conntrack: (1, 1))))
    #expect(all.count == 6 && all.allSatisfy { !$0.remedies.isEmpty && !$0.evidence.isEmpty })
  }
}
