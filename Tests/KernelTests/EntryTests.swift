import Testing

extension InTheLab {
  /// Everything that clients' packets can be recognised by, and what is dealt to whom, behind direct routing.
  @Suite struct EntryTests {
    private static func service(_ label: String, _ attributes: String, _ server: String = "", six: Bool = false)
      -> String
    {
      let servers = six ? ["2001:db8:1::110", "2001:db8:1::111"] : ["192.168.1.110", "192.168.1.111"]
      return """
          <virtual-service label="\(label)" \(attributes) scheduler="rr">
            <real-server label="a" address="\(servers[0])" \(server)/>
            <real-server label="b" address="\(servers[1])" \(server)/>
          </virtual-service>

        """
    }

    private static let configuration = """
      <load-balancer version="1">
        <global>
          <health-check interval="1" timeout="3"/>
          <timeouts tcp-fin="1"/>
        </global>
      \(service("Every", #"address="192.168.1.100" ports="*""#))\
      \(service("Diameter", #"address="192.168.1.101" ports="3868" protocol="sctp""#))\
      \(service("Marked", #"firewall-mark="7""#))\
      \(service("Marked6", #"firewall-mark="7" family="inet6""#, six: true))\
      \(service("Translated", #"firewall-mark="8" forwarding="snat""#))\
      \(service("Few", #"address="192.168.1.104" ports="8443""#, #"minimum-connections="2""#))\
      \(service("Syslog", #"address="192.168.1.103" ports="514" protocol="udp" one-packet="yes""#))\
      \(service(
        "Line", #"address="192.168.1.104" ports="80""#, #"minimum-connections="2" maximum-connections="4""#))\
      \(service("Web6", #"address="2001:db8:1::105" ports="80""#, six: true))\
      </load-balancer>

      """

    /// What somebody else has in nftables.
    private static let foreignRules = """
      add table inet shop
      add chain inet shop pre { type filter hook prerouting priority mangle; }
      add rule inet shop pre ip daddr 192.168.1.102 tcp dport 80 meta mark set 7
      add rule inet shop pre ip daddr 192.168.1.106 tcp dport 80 meta mark set 8
      add rule inet shop pre ip6 daddr 2001:db8:1::102 tcp dport 80 meta mark set 7
      """

    @Test func everyEntryAndItsLimits() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        func host(_ label: String, _ number: String) async throws -> Host {
          let host = try await network.host(label, on: lan, "192.168.1.\(number)/24")
          try await host.ip("addr add 2001:db8:1::\(number)/64 dev eth0 nodad")
          return host
        }
        let director = try await host("director", "99")
        let client = try await host("client", "50")
        for (label, number) in [("a", "110"), ("b", "111")] {
          let server = try await host(label, number)
          for number in 100...104 { try await server.accept("192.168.1.\(number)") }
          try await server.accept("2001:db8:1::102", "2001:db8:1::105")
          _ = try await network.serve(label, on: server, ports: "80,8443")
          _ = try await network.serve(label, on: server, ports: "80", bind: "::")
          _ = try await network.serve(label, on: server, ports: "3868", transport: "sctp")
          _ = try await network.serve(
            label, on: server, ports: "514", bind: "192.168.1.\(number),192.168.1.103", transport: "udp")
        }
        try await director.run("nft", Self.foreignRules)
        try await director.ip(
          "addr add 192.168.1.102/32 dev eth0", "addr add 192.168.1.106/32 dev eth0",
          "addr add 2001:db8:1::102/128 dev eth0 nodad preferred_lft 0")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration)
        try await lbd.start()
        try await lbd.becomesGreen()

        func answers(_ address: String, _ ports: String, count: Int = 4, transport: String? = nil) async throws
          -> Answers
        {
          let source = address.contains(":") ? "2001:db8:1::50" : "192.168.1.50"
          return Answers(
            try await network.connect(
              from: client, source, to: address, ports: ports, count: count, transport: transport))
        }
        let both = Answers(servers: ["a", "b"], clients: ["192.168.1.50"])
        let both6 = Answers(servers: ["a", "b"], clients: ["2001:db8:1::50"])
        #expect(try await answers("192.168.1.100", "80") == both, "every port: 80")
        #expect(try await answers("192.168.1.100", "8443") == both, "every port: 8443")
        #expect(try await answers("192.168.1.101", "3868", transport: "sctp") == both, "sctp")
        #expect(try await answers("192.168.1.102", "80") == both, "somebody else's mark")
        let translated = Answers(servers: ["a", "b"], clients: ["192.168.1.99"])
        #expect(try await answers("192.168.1.106", "80") == translated, "snat on somebody else's mark")
        #expect(try await answers("192.168.1.104", "8443") == both, "a minimum of connections alone")
        #expect(try await answers("192.168.1.102", "8443").servers == ["refused"], "a port without the mark")
        #expect(try await answers("2001:db8:1::102", "80") == both6, "somebody else's mark in IPv6")
        #expect(try await answers("2001:db8:1::105", "80") == both6, "dr on one port in IPv6")

        // One packet, one decision: a single socket is heard by all.
        let datagrams = try await network.datagrams(
          from: client, "192.168.1.50", to: "192.168.1.103", port: "514", count: 100)
        #expect(datagrams == ["a": 50, "b": 50])

        try await holdTheLine(network, lbd, client)
        #expect(try await director.run("ipvsadm", "-L", "--timeout") == "Timeout (tcp tcpfin udp): 900 1 300\n")
        try await lbd.does("withdraw")
        #expect(try await director.run("ipvsadm", "-L", "--timeout") == "Timeout (tcp tcpfin udp): 900 120 300\n")
        #expect(try await director.run("nft", "list", "tables") == "table inet shop\n", "what others made stays")
      }
    }

    /// Four connections a server and no more; new ones again when fewer than two are left.
    private func holdTheLine(_ network: Network, _ lbd: LoadBalancerProgram, _ client: Host) async throws {
      func hold() async throws -> ConnectionStream {
        let stream = try ConnectionStream(
          network, on: client, from: "192.168.1.50", to: "192.168.1.104", ports: "80", rate: 0, held: 4)
        try await stream.reaches("two connections to each server") { $0.held == ["a": 2, "b": 2] }
        return stream
      }
      func attempt() async throws -> [String] {
        try await network.connect(from: client, "192.168.1.50", to: "192.168.1.104", ports: "80").map(\.result)
      }
      func entries(are count: Int) async throws {
        try await eventually("\(count) connections in the kernel") {
          try await lbd.host.run("ipvsadm", "-Lnc").split(separator: "\n")
            .count { $0.contains("192.168.1.104:80") } == count
        }
      }
      let first = try await hold()
      let second = try await hold()
      try await entries(are: 8)
      #expect(try await attempt() == ["refused"], "each server has its four")
      _ = try await second.end()
      try await entries(are: 4)
      #expect(try await attempt() == ["refused"], "two each are not fewer than two")
      _ = try await first.end()
      try await entries(are: 0)
      #expect(try await attempt() == ["connected"])
    }
  }
}
