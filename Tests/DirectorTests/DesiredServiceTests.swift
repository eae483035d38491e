import IPVS
import LoadBalancing
import PacketMarks
import Testing

@testable import Director

@Suite struct DesiredServiceTests {
  private func desired(
    _ service: VirtualService, _ servers: [(OperatorState, Health)], mark: UInt32? = nil, local: Set<IPAddress> = []
  ) -> DesiredService {
    DesiredService(Samples.state(service, servers), mark: mark, isLocal: local.contains)
  }

  @Test func severalPortsAreOneServiceOnAMark() {
    let desired = desired(Samples.romexis, [(.online, .up)], mark: 7)
    let key = IPVSService.Key.firewallMark(7, .inet)
    #expect(
      desired.entry.service
        == IPVSService(key: key, scheduler: "wlc", flags: .persistent, persistenceTimeout: 300, granularity: 32))
    let server = IPVSDestination(
      key: .init(address: Samples.address("10.10.90.201"), port: 0), method: .direct, weight: 100)
    #expect(desired.entry.destinations == [server.key: server])
    let vip = Samples.address("10.10.90.199")
    #expect(
      desired.marks == [
        PacketMarkSelector(address: vip, protocolNumber: 6, ports: 104...104): 7,
        PacketMarkSelector(address: vip, protocolNumber: 6, ports: 1099...1099): 7,
        PacketMarkSelector(address: vip, protocolNumber: 6, ports: 2099...2099): 7,
        PacketMarkSelector(address: vip, protocolNumber: 6, ports: 50000...60000): 7,
      ])
    #expect(desired.sourceTranslations.isEmpty)
  }

  @Test func onePortIsAnOrdinaryService() {
    let desired = desired(Samples.web, [(.online, .up), (.drain, .up)])
    #expect(
      desired.entry.service.key == .address(Samples.address("192.168.1.100"), port: 80, protocol: 6))
    #expect(desired.marks.isEmpty)
    let weights = desired.entry.destinations.values.sorted { $0.key < $1.key }.map(\.weight)
    #expect(weights == [100, 0])
    #expect(desired.entry.destinations.keys.allSatisfy { $0.port == 80 })
  }

  @Test func theFallbackTakesThePlaceOfADeadServer() {
    let desired = desired(Samples.romexis, [(.online, .down)], mark: 7)
    #expect(desired.entry.destinations.keys.map(\.address) == [Samples.address("10.10.90.202")])
  }

  @Test func aDrainedServerStaysBesideTheFallback() {
    let desired = desired(Samples.romexis, [(.drain, .up)], mark: 7)
    let weights = desired.entry.destinations.values.sorted { $0.key < $1.key }.map(\.weight)
    #expect(weights == [0, 1])
  }

  @Test func aFallbackOfOurOwnIsDeliveredLocally() {
    let own = Samples.address("10.10.90.202")
    let desired = desired(Samples.romexis, [(.halt, .up)], mark: 7, local: [own])
    #expect(desired.entry.destinations.values.map(\.method) == [.local])
  }

  @Test func natTranslatesThePort() {
    var service = Samples.web
    service.forwarding = .nat
    service.realServers = [RealServer(label: "a", address: Samples.address("192.168.2.10"), port: 8080)]
    let destination = desired(service, [(.online, .up)]).entry.destinations.values.first
    #expect(destination?.method == .masquerade)
    #expect(destination?.key.port == 8080)
  }

  @Test func snatTranslatesTheSourceOfItsMark() {
    var service = Samples.web
    service.forwarding = .snat
    #expect(service.needsMark)
    let key = SourceTranslation.Key(mark: 9, family: .inet)
    #expect(desired(service, [(.online, .up)], mark: 9).sourceTranslations == [key: .masquerade])
    service.snatAddress = Samples.address("192.168.1.5")
    #expect(
      desired(service, [(.online, .up)], mark: 9).sourceTranslations
        == [key: .address(Samples.address("192.168.1.5"))])
  }

  @Test func snatTranslatesTheSourceOfSomebodyElsesMark() {
    var service = Samples.web
    service.forwarding = .snat
    service.entry = .firewallMark(5, family: .inet)
    #expect(
      desired(service, [(.online, .up)]).sourceTranslations
        == [SourceTranslation.Key(mark: 5, family: .inet): .masquerade])
  }

  @Test func aMinimumOfConnectionsGoesWithAMaximum() {
    var service = Samples.web
    service.realServers = [
      RealServer(label: "a", address: Samples.address("192.168.1.110"), minimumConnections: 10),
      RealServer(
        label: "b", address: Samples.address("192.168.1.111"), minimumConnections: 10, maximumConnections: 20),
    ]
    let destinations = desired(service, [(.online, .up), (.online, .up)]).entry.destinations.values
    #expect(destinations.sorted { $0.key < $1.key }.map(\.lowerThreshold) == [0, 10])
  }

  @Test func sourceTranslationFollowsWhoeverServes() {
    var service = Samples.romexis
    service.fallback?.forwarding = .snat
    #expect(desired(service, [(.online, .up)], mark: 9).sourceTranslations.isEmpty)
    #expect(desired(service, [(.online, .down)], mark: 9).sourceTranslations.count == 1)
  }
}
