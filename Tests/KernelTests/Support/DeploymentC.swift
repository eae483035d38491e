/// A medical image archive in a network: NAT between two subnets, a spare cluster, a floating IP as their gateway.
final class DeploymentC {
  static let address = "192.168.200.100"
  static let ports = "12000,12100,12200,12300,12301,12950,12800"
  static let client = "192.168.200.50"

  static func configuration(check: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <load-balancer version="1">
      <floating-ip address="192.168.100.254" interface="eth0"/>
      <virtual-service label="VNA" address="\(address)" ports="\(ports)" forwarding="nat">
        \(check)
        <fallback address="192.168.100.120" port="0"/>
        <real-server label="PrimaryCluster" address="192.168.100.110"/>
      </virtual-service>
    </load-balancer>

    """
  }

  let network: Network
  let lbd: LoadBalancerProgram
  let director: Host
  let client: Host
  let primary: Host
  private(set) var archive: RunningProgram?

  init(_ network: Network, check: String) async throws {
    self.network = network
    let inner = try await network.segment("inner")
    let outer = try await network.segment("outer")
    director = try await network.host("director", on: inner, "192.168.100.1/24")
    try await network.connect(director, "eth1", to: outer, addresses: ["192.168.200.1/24"])
    client = try await network.host("client", on: outer, "\(DeploymentC.client)/24")
    primary = try await network.host("primary", on: inner, "192.168.100.110/24", gateway: "192.168.100.254")
    let secondary = try await network.host("secondary", on: inner, "192.168.100.120/24", gateway: "192.168.100.254")
    lbd = try LoadBalancerProgram(network, on: director, configuration: DeploymentC.configuration(check: check))
    archive = try await network.serve("PrimaryCluster", on: primary, ports: DeploymentC.ports)
    _ = try await network.serve("SecondaryCluster", on: secondary, ports: DeploymentC.ports)
  }

  /// Who answers the client on each of the ports, and the client's address as the servers see it.
  func answers() async throws -> (servers: [String: Set<UInt16>], clients: Set<String?>) {
    let connections = try await network.connect(
      from: client, DeploymentC.client, to: DeploymentC.address, ports: DeploymentC.ports)
    let servers = connections.reduce(into: [String: Set<UInt16>]()) {
      $0[$1.server ?? $1.result, default: []].insert($1.port)
    }
    return (servers, Set(connections.map(\.client)))
  }
}
