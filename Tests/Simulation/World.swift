import LoadBalancing
import TestSupport

/// Random configurations over a few names and addresses, so that they meet again and again.
enum World {
  static func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(family: .inet, value: 0) }

  static let labels = ["A", "B", "C", "D"]

  static func configuration(_ generator: inout SplitMix64) -> LoadBalancer {
    var configuration = LoadBalancer()
    configuration.global.persistentClients = generator.chance(in: 4) ? .move : .stay
    configuration.global.timeouts = generator.chance(in: 4) ? KernelTimeouts(tcp: 1800) : nil
    for index in labels.indices where !generator.chance(in: 5) {
      configuration.virtualServices.append(service(index, &generator))
    }
    if generator.chance(in: 3) {
      configuration.floatingIPs = [FloatingIP(address: address("10.0.0.254"), prefixLength: 24)]
    }
    if generator.chance(in: 4) {
      configuration.outboundMasquerades = [
        OutboundMasquerade(source: Subnet(address("10.0.0.0"), prefixLength: 24), interface: "eth1")
      ]
    }
    return configuration
  }

  /// Some other version of a service.
  static func service(_ index: Int, _ generator: inout SplitMix64) -> VirtualService {
    let isSixth = index == 3
    let forwarding = generator.pick([Forwarding.dr, .dr, .nat, .snat, .tun]) ?? .dr
    let base = UInt16(1000 * (index + 1))
    let ports = generator.pick([[base...base], [base...base], [base...base, base + 10...base + 19]]) ?? [base...base]
    // Some share an address; their ports never meet.
    let place = isSixth ? address("2001:db8::100") : address("10.0.0.\(generator.chance(in: 3) ? 100 : 100 + index)")
    let transport = generator.pick([TransportProtocol.tcp, .tcp, .udp, .tcpAndUDP]) ?? .tcp
    var service = VirtualService(
      label: labels[index], entry: .address(place, ports: PortSet(ports), protocol: transport), forwarding: forwarding,
      tunnel: forwarding == .tun ? Tunnel() : nil, scheduler: generator.pick([.rr, .wlc, .wlc]) ?? .wlc,
      interface: generator.chance(in: 8) ? .none : generator.chance(in: 8) ? .named("eth0") : .automatic,
      onFailure: generator.chance(in: 3) ? .quiesce : .remove, withdrawWhenDown: generator.chance(in: 4),
      enabled: !generator.chance(in: 8),
      persistence: generator.chance(in: 3) ? Persistence(granularity: isSixth ? 128 : 32) : nil,
      healthChecks: checks(base, &generator))
    if generator.chance(in: 12), !isSixth { service.entry = .firewallMark(UInt32(70 + index), family: .inet) }
    let network = isSixth ? "2001:db8::" : "10.0.0."
    if !generator.chance(in: 3) {
      // One of them is the load balancer itself.
      let fallback = address(network + (generator.chance(in: 6) ? "1" : "\(20 + index)"))
      service.fallback = FallbackServer(address: fallback, forwarding: generator.chance(in: 4) ? .dr : nil)
    }
    for number in 1...3 where !generator.chance(in: 4) {
      var server = RealServer(label: "r\(number)", address: address(network + "\(10 + number)"))
      server.weight = generator.pick([100, 100, 50, 0]) ?? 100
      server.maximumConnections = generator.chance(in: 6) ? 10 : 0
      if generator.chance(in: 6) { server.healthChecks = checks(base, &generator) }
      if forwarding.translatesPorts, service.ports?.only != nil, generator.chance(in: 3) { server.port = 8080 }
      service.realServers.append(server)
    }
    return service
  }

  private static func checks(_ port: UInt16, _ generator: inout SplitMix64) -> [HealthCheck] {
    let timing = CheckTiming()
    return switch Int.random(in: 0..<10, using: &generator) {
    case 0: [HealthCheck(.on, timing: timing)]
    case 1: [HealthCheck(.off, timing: timing)]
    // Shared by services.
    case 2...5: [HealthCheck(.connect(.list([80])), timing: timing)]
    case 6: [HealthCheck(.connect(.list([80])), timing: timing), HealthCheck(.ping, timing: timing)]
    case 7: [HealthCheck(.connect(.list([port])), timing: timing, via: .vip)]
    case 8:
      // Asked by every service that has the server, mostly by the same check.
      [
        HealthCheck(.connect(.list([port])), timing: timing),
        HealthCheck(.agent(send: [], port: nil), timing: CheckTiming(failures: generator.chance(in: 3) ? 3 : 2)),
      ]
    default: [HealthCheck(.connect(.list([port])), timing: timing)]
    }
  }
}
