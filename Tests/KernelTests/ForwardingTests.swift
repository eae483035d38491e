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

    /// One cable: its two subnets, a VLAN on it, and clients that share a subnet with the servers.
    @Test func natOnOneInterface() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.1.1/24")
        try await director.ip("addr add 10.7.0.1/24 dev eth0")
        try await director.addVLAN(100, "192.168.2.1/24")
        let client = try await network.host("client", on: lan, "10.7.0.50/24", gateway: "10.7.0.1")
        try await client.ip("addr add 192.168.1.50/24 dev eth0")
        let server = try await network.host("server", on: lan, "192.168.1.21/24", gateway: "192.168.1.1")
        try await server.ip("route add 192.168.1.50/32 via 192.168.1.1")
        let tagged = try await network.host("tagged", on: lan, "172.31.0.21/24")
        try await tagged.addVLAN(100, "192.168.2.21/24")
        try await tagged.ip("route add default via 192.168.2.1")
        _ = try await network.serve("server", on: server, ports: "80")
        _ = try await network.serve("tagged", on: tagged, ports: "80")
        let services = [
          ("TwoSubnets", "10.7.0.15", "192.168.1.21"), ("VLAN", "10.7.0.16", "192.168.2.21"),
          ("OneArm", "192.168.1.15", "192.168.1.21"),
        ]
        let configuration = services.map { label, address, server in
          """
            <virtual-service label="\(label)" address="\(address)" ports="80" forwarding="nat">
              <real-server label="a" address="\(server)"/>
            </virtual-service>

          """
        }
        let settings = try await director.sysctls()
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: "<load-balancer>\n\(configuration.joined())</load-balancer>\n")
        try await lbd.start()
        try await lbd.becomesGreen()
        #expect(try await director.run("sysctl", "-n", "net.ipv4.conf.eth0.send_redirects") == "0\n")

        let clients = ["10.7.0.50", "10.7.0.50", "192.168.1.50"]
        for ((label, address, _), source) in zip(services, clients) {
          let connections = try await network.connect(from: client, source, to: address, ports: "80", count: 8)
          #expect(
            Answers(connections) == Answers(servers: [label == "VLAN" ? "tagged" : "server"], clients: [source]),
            "\(label)")
        }

        try await lbd.does("withdraw")
        #expect(try await director.sysctls() == settings)
      }
    }
  }
}
