import LoadBalancing
import Testing

@Suite struct VirtualServiceTests {
  private func service(
    _ ports: PortSet, _ transport: TransportProtocol = .tcp, _ forwarding: Forwarding = .dr,
    fallback: Forwarding? = nil
  ) -> VirtualService {
    let address = IPAddress(family: .inet, value: 0x0A00_0001)
    return VirtualService(
      label: "Web", entry: .address(address, ports: ports, protocol: transport), forwarding: forwarding,
      fallback: fallback.map { FallbackServer(address: address, forwarding: $0) })
  }

  @Test func onePortOneProtocolIsAnOrdinaryService() {
    for forwarding in [Forwarding.dr, .nat, .tun] { #expect(!service(PortSet(80), .tcp, forwarding).needsMark) }
    #expect(!service(PortSet(53), .udp).needsMark)
  }

  @Test func anythingElseNeedsAMark() {
    #expect(service(PortSet([80...81])).needsMark)
    #expect(service(.all).needsMark)
    #expect(service(PortSet(137), .tcpAndUDP).needsMark)
    #expect(service(PortSet(80), .tcp, .snat).needsMark)
    #expect(service(PortSet(80), .tcp, .dr, fallback: .snat).needsMark)
  }

  @Test func somebodyElsesMarkNeedsNone() {
    let marked = VirtualService(label: "M", entry: .firewallMark(7, family: .inet6), forwarding: .snat)
    #expect(!marked.needsMark)
    #expect(marked.family == .inet6)
    #expect(marked.address == nil && marked.ports == nil && marked.transport == nil)
  }

  @Test func protocolNumbersAreIANAs() {
    #expect(TransportProtocol.allCases.map(\.numbers) == [[6], [17], [6, 17], [132]])
  }

  @Test func schedulersAreTheKernels() {
    #expect(Scheduler.allCases.count == 13)
    #expect(Scheduler.allCases.filter(\.takesFlags) == [.sh, .mh])
  }
}
