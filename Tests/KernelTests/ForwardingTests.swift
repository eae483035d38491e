import Foundation
import Testing

extension InTheLab {
  /// One web service through each way of forwarding, in IPv4 and IPv6; clients behind a router or beside the servers.
  @Suite struct ForwardingTests {
    /// The addresses of one family: `near` is the servers' subnet, `far` the clients'.
    struct Family: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let near: String
      let far: String
      let length: Int
      let any: String

      static let inet = Family(testDescription: "IPv4", near: "192.168.1.", far: "10.7.0.", length: 24, any: "0.0.0.0")
      static let inet6 = Family(
        testDescription: "IPv6", near: "2001:470:1f09:e72::", far: "2001:470:1f09:e73::", length: 64, any: "::")
      static let all = [inet, inet6]

      var director: String { near + "1" }
      var vip: String { near + "15" }
      var servers: [String] { [near + "21", near + "22"] }
      var client: String { far + "50" }

      func with(_ address: String) -> String { "\(address)/\(length)" }
    }

    private static func configuration(_ family: Family, _ attributes: String, server: String = "") -> String {
      """
      <load-balancer version="1">
        <global>
          <health-check interval="1" timeout="3"/>
        </global>
        <virtual-service label="HTTP-Cluster" address="\(family.vip)" ports="80" scheduler="rr" \(attributes)>
          <real-server label="rip1" address="\(family.servers[0])" \(server)/>
          <real-server label="rip2" address="\(family.servers[1])" \(server)/>
        </virtual-service>
      </load-balancer>

      """
    }

    /// Servers on `eth0` of the load balancer, the client beyond its `eth1`.
    private func routed(
      _ family: Family, _ configuration: String, servesOn port: String, gateway: Bool, _ network: Network
    ) async throws -> (lbd: LoadBalancerProgram, client: Host) {
      let near = try await network.segment("near")
      let far = try await network.segment("far")
      let director = try await network.host("director", on: near, family.with(family.director))
      try await network.connect(director, "eth1", to: far, addresses: [family.with(family.far + "1")])
      let client = try await network.host(
        "client", on: far, family.with(family.client), gateway: family.far + "1")
      for (index, address) in family.servers.enumerated() {
        let host = try await network.host(
          "rip\(index + 1)", on: near, family.with(address), gateway: gateway ? family.director : nil)
        _ = try await network.serve("rip\(index + 1)", on: host, ports: port, bind: family.any)
      }
      let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
      try await lbd.start()
      try await lbd.shows("HTTP-Cluster green") { $0.service("HTTP-Cluster")?.status == "green" }
      return (lbd, client)
    }

    private func answers(
      _ network: Network, _ client: Host, from address: String, to vip: String
    ) async throws -> (servers: Set<String?>, clients: Set<String?>) {
      let connections = try await network.connect(from: client, address, to: vip, ports: "80", count: 4)
      return (Set(connections.map { $0.server ?? $0.result }), Set(connections.map(\.client)))
    }

    @Test("nat translates the port and keeps the client's address", arguments: Family.all)
    func nat(family: Family) async throws {
      try await withNetwork { network in
        let configuration = Self.configuration(family, #"forwarding="nat""#, server: #"port="8080""#)
        let (_, client) = try await routed(family, configuration, servesOn: "8080", gateway: true, network)
        let (servers, clients) = try await answers(network, client, from: family.client, to: family.vip)
        #expect(servers == ["rip1", "rip2"])
        #expect(clients == [family.client])
      }
    }

    @Test("snat needs nothing of the servers", arguments: Family.all)
    func snat(family: Family) async throws {
      try await withNetwork { network in
        let configuration = Self.configuration(family, #"forwarding="snat""#)
        let (_, client) = try await routed(family, configuration, servesOn: "80", gateway: false, network)
        let (servers, clients) = try await answers(network, client, from: family.client, to: family.vip)
        #expect(servers == ["rip1", "rip2"])
        #expect(clients == [family.director])
      }
    }

    @Test("dr leaves packets as they are, on one port and on several", arguments: ["80", "80,443"])
    func directRoutingInIPv6(ports: String) async throws {
      try await withNetwork { network in
        let family = Family.inet6
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, family.with(family.director))
        let client = try await network.host("client", on: lan, family.with(family.near + "50"))
        for (index, address) in family.servers.enumerated() {
          let host = try await network.host("rip\(index + 1)", on: lan, family.with(address))
          try await host.accept(family.vip)
          _ = try await network.serve("rip\(index + 1)", on: host, ports: ports, bind: family.any)
        }
        let configuration = Self.configuration(family, "").replacing("ports=\"80\"", with: "ports=\"\(ports)\"")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
        try await lbd.start()
        try await lbd.shows("HTTP-Cluster green") { $0.service("HTTP-Cluster")?.status == "green" }
        let (servers, clients) = try await answers(network, client, from: family.near + "50", to: family.vip)
        #expect(servers == ["rip1", "rip2"])
        #expect(clients == [family.near + "50"])
      }
    }

    /// What a server does to take packets out of each kind of tunnel.
    private static let tunnels = [
      (attributes: #"tunnel-type="ipip""#, setUp: ["link set tunl0 up"]),
      (
        attributes: #"tunnel-type="gue" tunnel-port="6080""#, setUp: ["fou add port 6080 gue", "link set tunl0 up"]
      ),
      (
        attributes: #"tunnel-type="gre""#,
        setUp: ["link add gre1 type gre local 172.16.0.21", "link set gre1 up"]
      ),
    ]

    @Test("a tunnel leads across a router", arguments: tunnels.indices)
    func tunnel(index: Int) async throws {
      try await withNetwork { network in
        let tunnel = Self.tunnels[index]
        let lan = try await network.segment("lan")
        let remote = try await network.segment("remote")
        let router = try await network.host("router", on: lan, "192.168.1.254/24")
        try await network.connect(router, "eth1", to: remote, addresses: ["172.16.0.254/24"])
        try await router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        let director = try await network.host("director", on: lan, "192.168.1.1/24", gateway: "192.168.1.254")
        let client = try await network.host("client", on: lan, "192.168.1.50/24", gateway: "192.168.1.254")
        let server = try await network.host("server", on: remote, "172.16.0.21/24", gateway: "172.16.0.254")
        try await server.accept("192.168.1.15")
        for line in tunnel.setUp { try await server.ip(line) }
        try await server.run(
          "sh", "-c", "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done")
        _ = try await network.serve("rip1", on: server, ports: "80")
        let configuration = """
          <load-balancer version="1">
            <global>
              <health-check interval="1" timeout="3"/>
            </global>
            <virtual-service label="HTTP-Cluster" address="192.168.1.15" ports="80" forwarding="tun"
                             \(tunnel.attributes)>
              <real-server label="rip1" address="172.16.0.21"/>
            </virtual-service>
          </load-balancer>

          """
        let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
        try await lbd.start()
        try await lbd.shows("HTTP-Cluster green") { $0.service("HTTP-Cluster")?.status == "green" }
        let before = try await answers(network, client, from: "192.168.1.50", to: "192.168.1.15")
        #expect(before.servers == ["rip1"])
        #expect(before.clients == ["192.168.1.50"])

        // A changed weight never loses the tunnel.
        try configuration.replacing("<real-server", with: "<real-server weight=\"50\"")
          .write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)
        try await lbd.does("config", "reload")
        #expect(try await answers(network, client, from: "192.168.1.50", to: "192.168.1.15").servers == ["rip1"])
      }
    }
  }
}
