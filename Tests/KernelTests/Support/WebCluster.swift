/// A plain web cluster in a network: three servers behind direct routing, and a client.
final class WebCluster {
  static let address = "192.168.1.100"
  static let labels = ["IIS1", "rip2", "rip3"]
  static let client = "192.168.1.50"

  static func configuration(
    scheduler: String = "wlc", weights: [Int] = [100, 100, 100], more: String = ""
  ) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <load-balancer version="1">
      <global>
        <health-check interval="1" timeout="3" failures="2" successes="1"/>
      </global>
      <virtual-service label="HTTP-Cluster" address="192.168.1.100" ports="80" scheduler="\(scheduler)">
        <health-check type="connect"/>
        <real-server label="IIS1" address="192.168.1.110" weight="\(weights[0])"/>
        <real-server label="rip2" address="192.168.1.111" weight="\(weights[1])"/>
        <real-server label="rip3" address="192.168.1.112" weight="\(weights[2])"/>
      </virtual-service>
    \(more)</load-balancer>

    """
  }

  let network: Network
  let lbd: LoadBalancerProgram
  let client: Host
  private(set) var servers: [String: Host] = [:]
  private(set) var programs: [String: RunningProgram] = [:]
  private let ports: String

  init(_ network: Network, configuration: String, ports: String = "80") async throws {
    self.network = network
    self.ports = ports
    let lan = try await network.segment("lan")
    let director = try await network.host("director", on: lan, "192.168.1.99/24")
    client = try await network.host("client", on: lan, "\(WebCluster.client)/24")
    lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
    for (index, label) in WebCluster.labels.enumerated() {
      let host = try await network.host(label, on: lan, "192.168.1.\(110 + index)/24")
      try await host.accept(WebCluster.address)
      servers[label] = host
      try await start(label)
    }
  }

  func start(_ label: String) async throws {
    guard let host = servers[label] else { return }
    programs[label] = try await network.serve(label, on: host, ports: ports)
  }

  func kill(_ label: String) async throws { try await programs[label]?.kill9() }

  /// Starts lbd and waits until all servers serve.
  func comesUp() async throws {
    try await lbd.start()
    try await lbd.shows("HTTP-Cluster green") { $0.service("HTTP-Cluster")?.status == "green" }
  }

  /// How many of `count` connections each server answered; what became of the others.
  func shares(of count: Int, port: String = "80") async throws -> [String: Int] {
    let connections = try await network.connect(
      from: client, WebCluster.client, to: WebCluster.address, ports: port, count: count)
    return connections.reduce(into: [:]) { $0[$1.server ?? $1.result, default: 0] += 1 }
  }
}
