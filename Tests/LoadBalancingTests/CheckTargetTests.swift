import LoadBalancing
import Testing

@Suite struct CheckTargetTests {
  private let address = IPAddress(family: .inet, value: 0x0A00_0002)
  private let vip = IPAddress(family: .inet, value: 0x0A00_0001)

  private func probes(
    ports: String, serviceChecks: [HealthCheck.Kind] = [], serverPort: UInt16? = nil,
    serverChecks: [HealthCheck.Kind] = []
  ) throws -> [CheckTarget.Probe] {
    let timing = CheckTiming(interval: .seconds(1))
    let server = RealServer(
      label: "A", address: address, port: serverPort, healthChecks: serverChecks.map { HealthCheck($0, timing: timing) }
    )
    let service = VirtualService(
      label: "Web", entry: .address(vip, ports: try PortSet(parsing: ports), protocol: .tcp),
      healthChecks: serviceChecks.map { HealthCheck($0, timing: timing) }, realServers: [server])
    return service.checks(of: server, defaults: timing).map(\.probe)
  }

  @Test(
    arguments: [
      ("80", [80]), ("80,443", [80, 443]), ("104,1099,2099,50000-60000", [104, 1099, 2099]), ("50000-60000", [50000]),
      ("100-200,300-400", [100, 300]), ("80,81", [80, 81]),
      ("12300,12301,12950", [12300, 12301, 12950]),
    ] as [(String, [UInt16])])
  func theDefaultConnectsToEverySinglePort(ports: String, asked: [UInt16]) throws {
    #expect(try probes(ports: ports) == [.connect(ports: asked)])
    #expect(try probes(ports: ports, serviceChecks: [.connect(.automatic)]) == [.connect(ports: asked)])
  }

  @Test(
    arguments: [
      ("80", [80]), ("104,50000-60000", [104, 50000, 60000]), ("80,81", [80, 81]), ("50000-60000", [50000, 60000]),
    ] as [(String, [UInt16])])
  func allMeansRangesByTheirEnds(ports: String, asked: [UInt16]) throws {
    #expect(try probes(ports: ports, serviceChecks: [.connect(.all)]) == [.connect(ports: asked)])
  }

  @Test func theServersPortComesFirst() throws {
    #expect(try probes(ports: "80", serverPort: 8080) == [.connect(ports: [8080])])
    #expect(try probes(ports: "80", serviceChecks: [.connect(.all)], serverPort: 8080) == [.connect(ports: [8080])])
  }

  @Test func aListIsTakenAsItIs() throws {
    #expect(
      try probes(ports: "80", serviceChecks: [.connect(.list([445]))], serverPort: 8080) == [.connect(ports: [445])])
  }

  @Test func theServersChecksReplaceTheServices() throws {
    #expect(
      try probes(ports: "80", serviceChecks: [.off], serverChecks: [.on, .connect(.automatic)])
        == [.on, .connect(ports: [80])])
    #expect(try probes(ports: "80", serviceChecks: [.off, .on]) == [.off, .on])
  }

  @Test func theDefaultTakesTheDefaultTiming() throws {
    let server = RealServer(label: "A", address: address)
    let service = VirtualService(label: "Web", entry: .address(vip, ports: PortSet(80), protocol: .tcp))
    let timing = CheckTiming(interval: .seconds(30), failures: 10)
    #expect(service.checks(of: server, defaults: timing).map(\.timing) == [timing])
  }

  @Test func equalChecksOfSeveralServicesAreOneTarget() throws {
    let server = RealServer(label: "A", address: address)
    let services = [80, 81].map { (port: UInt16) in
      VirtualService(
        label: "Web\(port)", entry: .address(vip, ports: PortSet(port), protocol: .tcp),
        healthChecks: [HealthCheck(.connect(.list([445])), timing: CheckTiming())])
    }
    #expect(Set(services.flatMap { $0.checks(of: server, defaults: CheckTiming()) }).count == 1)
  }

  @Test func theDefaultAsksWhatCanBeAskedWithoutKnowingTheApplication() {
    let server = RealServer(label: "A", address: address)
    func probe(_ entry: VirtualService.Entry) -> CheckTarget.Probe? {
      VirtualService(label: "Web", entry: entry).checks(of: server, defaults: CheckTiming()).first?.probe
    }
    #expect(probe(.address(vip, ports: .all, protocol: .tcp)) == .ping)
    #expect(probe(.firewallMark(7, family: .inet)) == .ping)
    #expect(
      probe(.address(vip, ports: PortSet(53), protocol: .udp)) == .application(.udp(PayloadCheck()), port: 53))
    for transport in [TransportProtocol.tcp, .tcpAndUDP] {
      #expect(probe(.address(vip, ports: PortSet(80), protocol: transport)) == .connect(ports: [80], over: .tcp))
    }
    #expect(probe(.address(vip, ports: PortSet(80), protocol: .sctp)) == .connect(ports: [80], over: .sctp))
  }

  @Test func anApplicationsPortIsItsOwnTheServersOrTheServicesOnly() throws {
    let http = ApplicationCheck.http(HTTPCheck())
    #expect(
      try probes(ports: "80", serviceChecks: [.application(http, port: 81)], serverPort: 82)
        == [.application(http, port: 81)])
    #expect(
      try probes(ports: "80", serviceChecks: [.application(http, port: nil)], serverPort: 82)
        == [.application(http, port: 82)])
    #expect(
      try probes(ports: "80", serviceChecks: [.application(http, port: nil)]) == [.application(http, port: 80)])
    let dns = ApplicationCheck.dns(DNSCheck(name: "example.org"))
    #expect(try probes(ports: "80", serviceChecks: [.application(dns, port: nil)]) == [.application(dns, port: 53)])
  }
}
