import Foundation

/// Dental imaging in a network: one active server, a spare, a client beside them and a crowd behind a router.
final class DeploymentA {
  static let address = "10.10.90.199"
  static let active = "RomexisServer1"
  static let spare = "RomexisServer2"
  static let client = "10.10.90.50"
  /// 2,000 addresses behind the host of the crowd.
  static let crowd = (first: "10.20.0.1", last: "10.20.7.208", count: 2000)

  /// As operators type it: a blank in the list of ports, no port for the check.
  static let asTyped = configuration(check: #"<health-check type="connect"/>"#)

  /// `timeout` of the checks in seconds: in a crowded lab an answer may take a while.
  static func configuration(check: String, timeout: Int = 3) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <load-balancer version="1">
      <global>
        <health-check interval="1" timeout="\(timeout)" failures="2" successes="1"/>
      </global>
      <virtual-service label="RomexisVIP" address="10.10.90.199" ports="104,1099,2099, 50000-60000">
        <persistence/>
        \(check)
        <fallback address="10.10.90.202"/>
        <real-server label="RomexisServer1" address="10.10.90.201"/>
      </virtual-service>
    </load-balancer>

    """
  }

  let network: Network
  let lbd: LoadBalancerProgram
  let client: Host
  let crowd: Host
  let server: Host
  let spare: Host
  /// The program on port 1099 of the active server; the one that tests end.
  private var broker: RunningProgram?

  /// Servers and clients run, lbd not yet; `range` is what the servers listen on from 50000, a socket for each port.
  init(_ network: Network, configuration: String, range: String) async throws {
    self.network = network
    let lan = try await network.segment("lan")
    let director = try await network.host("director", on: lan, "10.10.90.198/24", gateway: "10.10.90.2")
    client = try await network.host("client", on: lan, "\(DeploymentA.client)/24")
    crowd = try await network.host("crowd", on: lan, "10.10.90.2/24")
    try await crowd.owns("10.20.0.0/16")
    server = try await network.host("server", on: lan, "10.10.90.201/24", gateway: "10.10.90.2")
    spare = try await network.host("spare", on: lan, "10.10.90.202/24", gateway: "10.10.90.2")
    for host in [server, spare] { try await host.accept(DeploymentA.address) }
    lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
    _ = try await network.serve(DeploymentA.active, on: server, ports: "104,2099,\(range)")
    _ = try await network.serve(DeploymentA.spare, on: spare, ports: "104,1099,2099,\(range)")
    try await startBroker()
  }

  func startBroker() async throws {
    broker = try await network.serve(DeploymentA.active, on: server, ports: "1099")
  }

  func killBroker() async throws { try await broker?.kill9() }

  /// Starts lbd and waits until the active server serves.
  func comesUp() async throws {
    try await lbd.start()
    try await lbd.shows("RomexisVIP green") { $0.service("RomexisVIP")?.status == "green" }
  }

  /// Waits until the fallback serves, or does so no more.
  func fallback(isActive: Bool) async throws {
    try await lbd.shows("the fallback is \(isActive ? "" : "in")active") {
      $0.service("RomexisVIP")?.fallback?.active == isActive
    }
  }

  /// Who answers the client on each of the ports, or what else became of it.
  func answers(on ports: String, timeout: Int = 10) async throws -> [String: Set<UInt16>] {
    let connections = try await network.connect(
      from: client, DeploymentA.client, to: DeploymentA.address, ports: ports, timeout: timeout)
    return connections.reduce(into: [:]) { $0[$1.server ?? $1.result, default: []].insert($1.port) }
  }
}
