import Foundation
import Testing

extension InTheLab {
  /// Tunnels of all types lead across a router, in both families and from each to the other.
  @Suite struct TunnelTests {
    private struct Service {
      let label: String
      let address: String
      let attributes: String
      let server: String

      var client: String { address.contains(":") ? "2001:db8:1::50" : "192.168.1.50" }
    }

    private static let types = [
      ("ipip", #"tunnel-type="ipip""#), ("gue", #"tunnel-type="gue" tunnel-port="6080""#),
      ("gre", #"tunnel-type="gre""#),
    ]

    /// Each type between addresses of these families.
    private static let services: [Service] = {
      let families = [
        ("4in4", "192.168.1.1", "172.16.0.21"), ("6in6", "2001:db8:1::1", "2001:db8:2::21"),
        ("4in6", "192.168.1.2", "2001:db8:2::21"), ("6in4", "2001:db8:1::2", "172.16.0.21"),
      ]
      return families.flatMap { families, prefix, server in
        types.enumerated().map { index, type in
          Service(
            label: "\(families)-\(type.0)", address: "\(prefix)\(index + 5)", attributes: type.1, server: server)
        }
      }
    }()

    private static func configuration(weight: Int) -> String {
      let services = services.map {
        """
          <virtual-service label="\($0.label)" address="\($0.address)" ports="80" forwarding="tun" \($0.attributes)>
            <real-server label="rip1" address="\($0.server)" weight="\(weight)"/>
          </virtual-service>

        """
      }
      return "<load-balancer>\n\(services.joined())</load-balancer>\n"
    }

    @Test func everyTunnelAcrossARouter() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let remote = try await network.segment("remote")
        func host(_ label: String, _ segment: Segment, _ prefixes: (String, String), _ number: String, _ router: Bool)
          async throws -> Host
        {
          let host = try await network.host(label, on: segment, "\(prefixes.0)\(number)/24")
          try await host.ip("addr add \(prefixes.1)\(number)/64 dev eth0 nodad")
          if !router {
            try await host.ip(
              "route add default via \(prefixes.0)254", "route add default via \(prefixes.1)254")
          }
          return host
        }
        let (near, far) = (("192.168.1.", "2001:db8:1::"), ("172.16.0.", "2001:db8:2::"))
        let router = try await host("router", lan, near, "254", true)
        try await network.connect(router, "eth1", to: remote, addresses: ["172.16.0.254/24", "2001:db8:2::254/64"])
        try await router.forwards()
        let director = try await host("director", lan, near, "1", false)
        let client = try await host("client", lan, near, "50", false)
        let server = try await host("server", remote, far, "21", false)
        for service in Self.services { try await server.accept(service.address) }
        try await server.ip(
          "link set tunl0 up", "link set sit0 up", "fou add port 6080 gue", "fou add port 6080 gue -6")
        try await server.ip(
          "link add gre4 type gre local 172.16.0.21", "link set gre4 up",
          "link add tun6 type ip6tnl mode any local 2001:db8:2::21 remote 2001:db8:1::1", "link set tun6 up",
          "link add gre6 type ip6gre local 2001:db8:2::21 remote 2001:db8:1::1", "link set gre6 up")
        try await server.run("sh", "-c", "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done")
        _ = try await network.serve("rip1", on: server, ports: "80")
        _ = try await network.serve("rip1", on: server, ports: "80", bind: "::")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration(weight: 100))
        try await lbd.start()
        try await lbd.becomesGreen()

        func expectAnswers(_ moment: String) async throws {
          for service in Self.services {
            let connections = try await network.connect(
              from: client, service.client, to: service.address, ports: "80", count: 2)
            #expect(
              Answers(connections) == Answers(servers: ["rip1"], clients: [service.client]),
              "\(service.label) \(moment)")
          }
        }
        try await expectAnswers("at first")
        // A changed weight never loses the tunnel.
        try await lbd.runs(Self.configuration(weight: 50))
        try await expectAnswers("with another weight")
      }
    }
  }
}
