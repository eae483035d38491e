/// A cluster with a service on one port and one on packet marks, under a stream of new connections and 200 that last and
/// carry data.
final class Traffic {
  static let archive = "192.168.1.101"

  static let services = """
      <virtual-service label="Archive" address="\(archive)" ports="104,2000-2010" scheduler="rr">
        <persistence/>
        <health-check type="connect" port="104"/>
        <real-server label="archive1" address="192.168.1.110"/>
        <real-server label="archive2" address="192.168.1.111"/>
      </virtual-service>

    """

  let cluster: WebCluster
  private var streams: [ConnectionStream] = []
  private let lasting: Int
  /// What the kernel holds while all is well.
  private(set) var held: [String] = []

  var lbd: LoadBalancerProgram { cluster.lbd }

  /// With other weights, so that something changes.
  static func configuration(weights: [Int] = [100, 100, 100]) -> String {
    WebCluster.configuration(scheduler: "rr", weights: weights, more: services)
  }

  /// Brings all up; `held`: connections that last, by service.
  init(_ network: Network, held: Int = 100) async throws {
    self.lasting = held
    cluster = try await WebCluster(network, configuration: Self.configuration(), ports: "80,104,2000-2010")
    for host in cluster.servers.values { try await host.ip("addr add \(Self.archive)/32 dev lo") }
    try await cluster.comesUp()
    try await lbd.becomesGreen()
    self.held = try await heldNow()
    for (address, ports) in [(WebCluster.address, "80"), (Self.archive, "104,2000,2010")] {
      streams.append(
        try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: address, ports: ports, rate: 10, held: held,
          interval: 4))
    }
    for stream in streams { try await stream.reaches("\(held) connections") { $0.held.values.reduce(0, +) == held } }
  }

  /// IPVS's table, the packet marks and the addresses.
  func heldNow() async throws -> [String] {
    let addresses = try await lbd.host.run("ip", "-brief", "address", "show", "dev", "eth0").split(separator: " ")
    return try await lbd.table() + [lbd.packetMarks()] + addresses.map(String.init).sorted()
  }

  /// Waits until so many new connections were opened and lines came back, to both services.
  func goesOn(for count: Int = 10) async throws {
    for stream in streams { try await stream.goesOn(for: count) }
  }

  /// Ends the clients; what was opened, and what failed or ended before.
  func end() async throws -> Losses {
    var losses = Losses()
    for stream in streams {
      let last = try await stream.end()
      losses.opened += last.opened
      losses.failed += last.failures
      losses.ended += lasting - last.held.values.reduce(0, +)
    }
    return losses
  }

  struct Losses: CustomStringConvertible {
    var opened = 0
    var failed = 0
    var ended = 0

    var description: String { "\(opened) new connections, \(failed) failed; of those that last \(ended) ended" }
  }
}
