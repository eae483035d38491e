import TestSupport
import Testing

extension InTheLab {
  /// Checks over the path of the clients: the kernel forwards them to the one server.
  @Suite struct VirtualPathTests {
    private static func configuration(_ vip: String, _ attributes: String, servers: [String]) -> String {
      let servers = servers.enumerated().map { #"    <real-server label="rip\#($0 + 1)" address="\#($1)"/>"# }
      return """
        <load-balancer version="1">
          <global>
            <health-check interval="1" timeout="2" failures="1"/>
          </global>
          <virtual-service label="Web" address="\(vip)" ports="80" \(attributes)>
            <health-check type="connect" via="vip"/>
        \(servers.joined(separator: "\n"))
          </virtual-service>
        </load-balancer>

        """
    }

    /// Waits for what the last check of a server says.
    private func says(_ words: String, of label: String, _ lbd: LoadBalancerProgram) async throws {
      try await lbd.shows("\(label): \(words)") { overview in
        overview.service("Web")?.server(label)?.lastCheck?.message.contains(words) == true
      }
    }

    @Test("direct routing: healthy, address missing, application not on it", arguments: Family.all)
    func directRouting(family: Family) async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, family.with(family.near + "1"))
        let addresses = (1...3).map(family.rip)
        var hosts: [Host] = []
        for number in 1...3 {
          let host = try await network.host("rip\(number)", on: lan, family.with(family.rip(number)))
          hosts.append(host)
          // The second does not have the address, and would send on what is not for it.
          if number == 2 {
            try await host.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
          } else {
            try await host.accept(family.vip)
          }
          // The third serves on its own address alone.
          let bind = number == 3 ? addresses[2] : family.any
          _ = try await network.serve("rip\(number)", on: host, ports: "80", bind: bind)
        }
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: Self.configuration(family.vip, "", servers: addresses))
        try await lbd.start()
        try await says("through \(family.vip)", of: "rip1", lbd)
        try await says("the server does not accept this address", of: "rip2", lbd)
        try await says("the application does not listen on this address", of: "rip3", lbd)
        let web = try #require(try await lbd.overview().service("Web"))
        #expect(web.servers.map(\.health) == ["up", "down", "down"])

        // What was missing is mended; what was there is taken away.
        try await hosts[1].accept(family.vip)
        try await says("through \(family.vip)", of: "rip2", lbd)
        try await lbd.shows("rip2 up") { $0.service("Web")?.server("rip2")?.health == "up" }
        try await lbd.does("withdraw")
        #expect(try await lbd.table() == [])
        if family.isIPv4 {
          #expect(try await director.run("sysctl", "-n", "net.ipv4.conf.eth0.accept_local") == "0\n")
        }
        try await lbd.does("resume")
        try await lbd.shows("rip1 up") { $0.service("Web")?.server("rip1")?.health == "up" }
      }
    }

    @Test("a tunnel across a router: healthy, address missing, application not on it")
    func tunnel() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let remote = try await network.segment("remote")
        let router = try await network.host("router", on: lan, "192.168.1.254/24")
        try await network.connect(router, "eth1", to: remote, addresses: ["172.16.0.254/24"])
        try await router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        let director = try await network.host("director", on: lan, "192.168.1.1/24")
        // A route of its own, which is not the default one.
        try await director.ip("route add 172.16.0.0/24 via 192.168.1.254")
        for number in 1...3 {
          let own = "172.16.0.2\(number)"
          let server = try await network.host(
            "rip\(number)", on: remote, own + "/24", gateway: "172.16.0.254")
          if number != 2 { try await server.accept("192.168.1.15") }
          try await server.ip("link set tunl0 up")
          try await server.run("sh", "-c", "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done")
          _ = try await network.serve("rip\(number)", on: server, ports: "80", bind: number == 3 ? own : "0.0.0.0")
        }
        let configuration = Self.configuration(
          "192.168.1.15", #"forwarding="tun" interface="eth0""#,
          servers: (1...3).map { "172.16.0.2\($0)" })
        let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
        try await lbd.start()
        try await says("through 192.168.1.15", of: "rip1", lbd)
        try await says("the server does not accept this address", of: "rip2", lbd)
        try await says("the application does not listen on this address", of: "rip3", lbd)
        let web = try #require(try await lbd.overview().service("Web"))
        #expect(web.servers.map(\.health) == ["up", "down", "down"])
      }
    }

    /// Without a listener on the address a datagram is answered by an ICMP error; the mark of several ports stays apart.
    @Test("datagrams, in a service of several ports with persistence")
    func datagrams() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.1.1/24")
        for number in 1...2 {
          let host = try await network.host("rip\(number)", on: lan, "192.168.1.2\(number)/24")
          try await host.accept("192.168.1.15")
          if number == 1 { _ = try await network.serve("rip1", on: host, ports: "53", transport: "udp") }
        }
        let configuration = """
          <load-balancer version="1">
            <virtual-service label="Web" address="192.168.1.15" ports="53,5353" protocol="udp">
              <persistence/>
              <health-check type="udp" port="53" via="vip" interval="1" timeout="2" failures="1"/>
              <real-server label="rip1" address="192.168.1.21"/>
              <real-server label="rip2" address="192.168.1.22"/>
            </virtual-service>
          </load-balancer>

          """
        let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
        try await lbd.start()
        try await says("through 192.168.1.15", of: "rip1", lbd)
        try await says("the application does not listen on this address", of: "rip2", lbd)
        let web = try #require(try await lbd.overview().service("Web"))
        #expect(web.servers.map(\.health) == ["up", "down"])
      }
    }

    /// The server's own agent, by its word, halves what the server gets.
    @Test func anAgentAtHalfHalvesTheShare() async throws {
      try await withNetwork { network in
        let configuration = WebCluster.configuration(scheduler: "wrr").replacing(
          #"<health-check type="connect"/>"#,
          with: #"<health-check type="connect"/><health-check type="agent" interval="1"/>"#)
        let cluster = try await WebCluster(network, configuration: configuration)
        try await cluster.comesUp()
        #expect(try await cluster.shares(of: 60) == ["IIS1": 20, "rip2": 20, "rip3": 20], "no agent changes nothing")
        let rip2 = try #require(cluster.servers["rip2"])
        _ = try await network.serve("50%", on: rip2, ports: "3333")
        try await cluster.lbd.shows("rip2 at half") {
          $0.service("HTTP-Cluster")?.server("rip2")?.effectiveWeight == 50
        }
        #expect(try await cluster.shares(of: 100) == ["IIS1": 40, "rip2": 20, "rip3": 40])
      }
    }
  }
}
