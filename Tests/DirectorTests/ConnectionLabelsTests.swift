import IPVS
import LoadBalancing
import Testing

@testable import Director

@Suite struct ConnectionLabelsTests {
  private let labels: ConnectionLabels

  init() {
    func server(_ label: String, _ address: String, port: UInt16? = nil) -> RealServer {
      RealServer(label: label, address: Samples.address(address), port: port)
    }
    func service(_ label: String, _ entry: VirtualService.Entry, _ servers: [RealServer]) -> VirtualService {
      VirtualService(
        label: label, entry: entry, forwarding: .nat,
        fallback: FallbackServer(address: Samples.address("10.0.0.99")), realServers: servers)
    }
    let vip = Samples.address("10.0.0.9")
    labels = ConnectionLabels(
      LoadBalancer(virtualServices: [
        service(
          "Web", .address(vip, ports: PortSet(80), protocol: .tcp),
          [
            server("a8080", "10.0.0.2", port: 8080), server("a8081", "10.0.0.2", port: 8081),
          ]),
        service("Range", .address(vip, ports: PortSet([1000...2000]), protocol: .tcpAndUDP), [server("b", "10.0.0.3")]),
        service("Marked", .firewallMark(7, family: .inet), [server("c", "10.0.0.4")]),
      ]), marks: MarkAssignment(marks: ["Range": 0x4C42_0000]))
  }

  private func owner(
    _ number: UInt8, _ virtual: String, _ port: UInt16, _ destination: String, _ destinationPort: UInt16,
    clientPort: UInt16 = 40_000
  ) -> ConnectionLabels.Owner? {
    labels.owner(
      of: IPVSConnection(
        protocolNumber: number, client: Samples.address("10.1.1.1"), clientPort: clientPort,
        virtual: Samples.address(virtual), virtualPort: port, destination: Samples.address(destination),
        destinationPort: destinationPort, state: clientPort == 0 ? "NONE" : "ESTABLISHED", expiresIn: 1))
  }

  @Test func connectionsByAddressPortAndProtocol() {
    #expect(owner(6, "10.0.0.9", 80, "10.0.0.2", 8081) == .init(service: "Web", server: "a8081"))
    #expect(owner(6, "10.0.0.9", 1500, "10.0.0.3", 1500) == .init(service: "Range", server: "b"))
    #expect(owner(17, "10.0.0.9", 1500, "10.0.0.3", 1500) == .init(service: "Range", server: "b"))
    #expect(owner(17, "10.0.0.9", 80, "10.0.0.2", 8080) == nil)
    #expect(owner(6, "10.0.0.8", 80, "10.0.0.2", 8080) == nil)
  }

  @Test func theFallbackAndADestinationThatIsGone() {
    #expect(owner(6, "10.0.0.9", 80, "10.0.0.99", 80) == .init(service: "Web", isFallback: true))
    #expect(owner(6, "10.0.0.9", 80, "10.0.0.77", 80) == .init(service: "Web"))
  }

  @Test func marks() {
    // The mark in the place of the address: a template.
    #expect(owner(0, "76.66.0.0", 0, "10.0.0.3", 0, clientPort: 0) == .init(service: "Range", server: "b"))
    #expect(owner(0, "0.0.0.7", 0, "10.0.0.4", 0, clientPort: 0) == .init(service: "Marked", server: "c"))
    // An address that others' rules marked.
    #expect(owner(6, "172.16.0.1", 443, "10.0.0.4", 443) == .init(service: "Marked", server: "c"))
    #expect(owner(6, "10.0.0.9", 80, "10.0.0.2", 80, clientPort: 0)?.service == "Web")
  }
}
