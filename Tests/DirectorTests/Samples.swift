import LoadBalancing

@testable import Director

/// Deployments as values, for tables.
enum Samples {
  static func address(_ text: String) -> IPAddress {
    IPAddress(text) ?? IPAddress(family: .inet, value: 0)
  }

  /// One active server and a spare, several ports, persistence.
  static let romexis = VirtualService(
    label: "RomexisVIP",
    entry: .address(
      address("10.10.90.199"), ports: PortSet([104...104, 1099...1099, 2099...2099, 50000...60000]), protocol: .tcp),
    persistence: Persistence(granularity: 32),
    healthChecks: [HealthCheck(.connect(.list([1099])), timing: CheckTiming())],
    fallback: FallbackServer(address: address("10.10.90.202")),
    realServers: [RealServer(label: "RomexisServer1", address: address("10.10.90.201"))])

  /// A plain web cluster.
  static let web = VirtualService(
    label: "HTTP-Cluster", entry: .address(address("192.168.1.100"), ports: PortSet(80), protocol: .tcp),
    realServers: [
      RealServer(label: "IIS1", address: address("192.168.1.110")),
      RealServer(label: "rip2", address: address("192.168.1.111")),
    ])

  static func state(
    _ service: VirtualService, _ servers: [(OperatorState, Health)]
  ) -> ServiceState {
    ServiceState(
      service: service,
      servers: zip(service.realServers, servers).map { server, state in
        ServerState(server: server, operatorState: state.0, health: state.1)
      })
  }
}
