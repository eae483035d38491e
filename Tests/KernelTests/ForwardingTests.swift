import TestSupport
import Testing

extension InTheLab {
  /// The ways of forwarding beside each other: over the same servers, the same ports, the same address.
  @Suite struct ForwardingTests {
    private static let labels = ["rip1", "rip2"]

    /// `nat` on one port and on several, `snat` twice, all on one address and to the same port of the same servers;
    /// `dr` on an address of the clients' subnet; servers that reach the outside.
    private static func configuration(_ family: Family) -> String {
      func service(_ label: String, _ address: String, _ ports: String, _ attributes: String, port: String = "")
        -> String
      {
        """
          <virtual-service label="\(label)" address="\(address)" ports="\(ports)" scheduler="rr" \(attributes)>
            <health-check type="connect" port="80"/>
            <real-server label="rip1" address="\(family.near)21" \(port)/>
            <real-server label="rip2" address="\(family.near)22" \(port)/>
          </virtual-service>

        """
      }
      let translated = #"port="8080""#
      let vip = family.vip
      return """
        <load-balancer version="1">
          <global>
            <health-check interval="1" timeout="3"/>
          </global>
          <outbound-masquerade source="\(family.near + (family.isIPv4 ? "0" : ""))/\(family.length)" interface="eth1"/>
        \(service("Web", vip, "80", #"forwarding="nat""#, port: translated))\
        \(service("Archive", vip, "443,8000-8001", #"forwarding="nat""#))\
        \(service("Query", vip, "81", #"forwarding="snat""#, port: translated))\
        \(service("Worklist", vip, "82", #"forwarding="snat""#, port: translated))\
        \(service("Direct", family.far + "15", "80,443", ""))\
        </load-balancer>

        """
    }

    @Test("every way over the same servers at once", arguments: Family.all)
    func everyWayAtOnce(family: Family) async throws {
      try await withNetwork { network in
        let near = try await network.segment("near")
        let far = try await network.segment("far")
        let director = try await network.host("director", on: near, family.with(family.near + "1"))
        try await network.connect(director, "eth1", to: far, addresses: [family.with(family.far + "1")])
        let client = try await network.host(
          "client", on: far, family.with(family.far + "50"), gateway: family.far + "1")
        let router = try await network.host("router", on: near, family.with(family.near + "254"))
        try await network.connect(router, "eth1", to: far, addresses: [family.with(family.far + "254")])
        try await router.forwards()
        var servers: [Host] = []
        for (index, label) in Self.labels.enumerated() {
          let host = try await network.host(
            label, on: near, family.with("\(family.near)\(21 + index)"), gateway: family.near + "1")
          // What a directly routed client asked for goes back past the load balancer, which has that address itself.
          try await host.accept(family.far + "15")
          try await host.ip("route add default via \(family.near)254 table 100")
          try await host.run("ip", family.option, "rule", "add", "from", family.far + "15", "lookup", "100")
          _ = try await network.serve(label, on: host, ports: "80,443,8000,8001,8080", bind: family.any)
          servers.append(host)
        }
        _ = try await network.serve("outside", on: client, ports: "9000", bind: family.any)
        let vip = family.vip
        let settings = try await director.sysctls()
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration(family))
        try await lbd.start()
        try await lbd.becomesGreen()

        let labels: [UInt16: String] = [80: "Web", 443: "Archive", 8001: "Archive", 81: "Query", 82: "Worklist"]
        func answers(_ address: String, _ ports: String, count: Int) async throws -> [String: Answers] {
          let connections = try await network.connect(
            from: client, family.far + "50", to: address, ports: ports, count: count)
          return Dictionary(grouping: connections) { address == vip ? labels[$0.port] ?? "" : "Direct" }
            .mapValues(Answers.init)
        }
        let transparent = Answers(servers: Set(Self.labels), clients: [family.far + "50"])
        let translated = Answers(servers: Set(Self.labels), clients: [family.near + "1"])
        #expect(
          try await answers(vip, "80,443,8001,81,82", count: 40)
            == ["Web": transparent, "Archive": transparent, "Query": translated, "Worklist": translated])
        #expect(try await answers(family.far + "15", "80,443", count: 8) == ["Direct": transparent])
        // Clients on the load balancer itself, whose address is the virtual one unless they choose another.
        let own = try await network.connect(from: director, vip, to: vip, ports: "81,82", count: 16)
        #expect(Answers(own) == translated)
        let chosen = try await network.connect(
          from: director, family.near + "1", to: vip, ports: "80,443,8001", count: 24)
        #expect(Answers(chosen) == translated)

        let outside = try await network.connect(
          from: servers[0], family.near + "21", to: family.far + "50", ports: "9000")
        #expect(outside.map(\.server) == ["outside"])
        #expect(outside.map(\.client) == [family.far + "1"], "the chosen interface's address")

        // The address stays with the services that are left on it.
        try await lbd.does("service", "delete", "Worklist")
        #expect(try await answers(vip, "80,81", count: 8) == ["Web": transparent, "Query": translated])
        #expect(try await answers(vip, "82", count: 1)["Worklist"]?.servers == ["refused"])

        try await lbd.does("withdraw")
        #expect(try await director.sysctls() == settings)
        #expect(try await lbd.packetMarks() == "")
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
            <virtual-service label="\(label)" address="\(address)" ports="80,8000" forwarding="nat">
              <health-check type="connect" port="80"/>
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
        let own = try await network.connect(from: director, "10.7.0.1", to: "10.7.0.15", ports: "80", count: 8)
        #expect(Answers(own) == Answers(servers: ["server"], clients: ["10.7.0.1"]), "on the load balancer itself")

        try await lbd.does("withdraw")
        #expect(try await director.sysctls() == settings)
      }
    }
  }
}
