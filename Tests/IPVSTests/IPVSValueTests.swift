import IPVS
import LoadBalancing
import Testing

@Suite struct IPVSValueTests {
  @Test func theKernelsOwnFlagIsNoSetting() {
    let service = IPVSService(key: web, scheduler: "rr", flags: IPVSService.Flags(rawValue: 3))
    #expect(service.flags == .persistent)
  }

  @Test func granularityIsSingleAddressesUnlessSaid() {
    #expect(IPVSService(key: web, scheduler: "rr").granularity == 32)
    #expect(IPVSService(key: web6, scheduler: "rr").granularity == 128)
    #expect(IPVSService(key: .firewallMark(1, .inet6), scheduler: "rr", granularity: 64).granularity == 64)
  }

  @Test func aTunnelIsThereExactlyWhenThePacketsTakeOne() {
    #expect(server("10.0.0.1", 80, .tunnel).tunnel == IPVSTunnel(kind: .ipip))
    #expect(server("10.0.0.1", 80, .direct, tunnel: IPVSTunnel(kind: .gre)).tunnel == nil)
    #expect(server("10.0.0.1", 80, .tunnel, tunnel: IPVSTunnel(kind: .gre)).tunnel?.kind == .gre)
  }

  @Test(
    arguments: [
      (web, "TCP 10.10.90.200:104"), (web6, "TCP [2001:db8::1]:443"), (mark, "mark 7 (IPv4)"),
      (.firewallMark(7, .inet6), "mark 7 (IPv6)"),
      (.address(ip("10.0.0.1"), port: 53, protocol: 17), "UDP 10.0.0.1:53"),
      (.address(ip("10.0.0.1"), port: 0, protocol: 132), "SCTP 10.0.0.1:0"),
      (.address(ip("10.0.0.1"), port: 1, protocol: 50), "protocol 50 10.0.0.1:1"),
    ] as [(IPVSService.Key, String)])
  func servicesHaveNames(key: IPVSService.Key, name: String) {
    #expect(key.description == name)
  }

  @Test(
    arguments: [
      (.addService(IPVSService(key: web, scheduler: "rr")), "add service TCP 10.10.90.200:104"),
      (.editService(IPVSService(key: mark, scheduler: "rr")), "change service mark 7 (IPv4)"),
      (.removeService(web), "remove service TCP 10.10.90.200:104"),
      (.addDestination(server("10.0.0.1", 80), in: mark), "add server 10.0.0.1:80 to mark 7 (IPv4)"),
      (.editDestination(server("10.0.0.1", 80), in: mark), "change server 10.0.0.1:80 of mark 7 (IPv4)"),
      (
        .removeDestination(server("2001:db8::1", 80).key, in: mark),
        "remove server [2001:db8::1]:80 from mark 7 (IPv4)"
      ),
    ] as [(IPVSChange, String)])
  func changesHaveNames(change: IPVSChange, name: String) {
    #expect(change.description == name)
    #expect(change.service == web || change.service == mark)
  }
}
