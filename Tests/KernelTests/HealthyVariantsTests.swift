import TestSupport
import Testing

extension InTheLab {
  /// What is right in unusual ways, all of it side by side: nothing is found.
  @Suite struct HealthyVariantsTests {
    /// A virtual service whose address ends with its place in the list, 100 and on.
    private struct Variant {
      let name: String
      var family = Family.inet
      /// Which of the servers; its address ends with 20 more.
      var server: Int
      var attributes = #"ports="80""#
      /// Of the real server.
      var real = ""
      var inside = ""
      /// What the server needs, in shell; `VIP` stands for the address, `NAME` for an interface.
      var setUp = ""
    }

    private static let onLoopback = "ip addr add VIP/32 dev lo"
    private static let onLoopback6 = "ip addr add VIP/128 dev lo nodad"
    private static func onDummy(_ length: String) -> String {
      "ip link add NAME type dummy; ip link set NAME up; ip addr add VIP/\(length) dev NAME"
    }

    /// Servers: 1 for direct routing, 2 with a firewall, 3 behind the load balancer, 4 with tunnels, 5 in a VLAN.
    private static let variants: [Variant] = [
      Variant(name: "lo", server: 1, setUp: onLoopback),
      Variant(name: "dummy", server: 1, setUp: onDummy("32")),
      Variant(name: "dummy-24", server: 1, setUp: onDummy("24")),
      Variant(
        name: "redirect", server: 1,
        setUp: """
          nft add table ip vip; nft add chain ip vip pre '{ type nat hook prerouting priority dstnat; }'
          nft add rule ip vip pre ip daddr VIP tcp dport 80 redirect
          """),
      Variant(name: "ports", server: 1, attributes: #"ports="80,443,50000-50010""#, setUp: onLoopback),
      Variant(name: "tcp-udp", server: 1, attributes: #"ports="80" protocol="tcp+udp""#, setUp: onLoopback),
      Variant(name: "all-ports", server: 1, attributes: #"ports="*""#, setUp: onLoopback),
      Variant(name: "busy", server: 1, attributes: #"ports="80" scheduler="rr" suspect="yes""#, setUp: onLoopback),
      Variant(
        name: "persistent", server: 1, inside: "<persistence/><fallback address=\"192.168.1.1\"/>",
        setUp: onLoopback),
      Variant(name: "via-vip", server: 1, inside: #"<health-check type="connect" via="vip"/>"#, setUp: onLoopback),
      Variant(name: "firewalled", server: 2, setUp: onLoopback),
      Variant(name: "nat", server: 3, attributes: #"ports="80" forwarding="nat""#),
      Variant(name: "nat-port", server: 3, attributes: #"ports="80" forwarding="nat""#, real: #"port="443""#),
      Variant(name: "nat-ports", server: 3, attributes: #"ports="80,443" forwarding="nat""#),
      Variant(name: "snat", server: 4, attributes: #"ports="80" forwarding="snat""#),
      Variant(name: "snat-ports", server: 1, attributes: #"ports="80,443" forwarding="snat""#),
      Variant(
        name: "tun", server: 4, attributes: #"ports="80" forwarding="tun""#,
        setUp: "ip link set tunl0 up; ip addr add VIP/32 dev tunl0"),
      Variant(name: "vlan", server: 5, setUp: onLoopback),
      Variant(name: "lo-6", family: .inet6, server: 1, setUp: onLoopback6),
      Variant(name: "dummy-6", family: .inet6, server: 1, setUp: onDummy("128") + " nodad"),
      Variant(
        name: "redirect-6", family: .inet6, server: 1,
        setUp: """
          nft add table ip6 vip; nft add chain ip6 vip pre '{ type nat hook prerouting priority dstnat; }'
          nft add rule ip6 vip pre ip6 daddr VIP tcp dport 80 redirect
          """),
      Variant(name: "firewalled-6", family: .inet6, server: 2, setUp: onLoopback6),
      Variant(name: "nat-6", family: .inet6, server: 3, attributes: #"ports="80" forwarding="nat""#),
      Variant(name: "snat-6", family: .inet6, server: 4, attributes: #"ports="80" forwarding="snat""#),
      Variant(
        name: "tun-6", family: .inet6, server: 4, attributes: #"ports="80" forwarding="tun""#,
        setUp: "ip link set ip6tnl0 up; ip addr add VIP/128 dev ip6tnl0 nodad"),
    ]

    private static func address(_ index: Int) -> String {
      let variant = variants[index]
      return variant.server == 5 ? "192.168.100.\(100 + index)" : variant.family.near + "\(100 + index)"
    }

    private static func serverAddress(_ variant: Variant) -> String {
      variant.server == 5 ? "192.168.100.25" : variant.family.rip(variant.server)
    }

    private static let configuration: String = {
      let services = variants.indices.map { index in
        let variant = variants[index]
        return """
            <virtual-service label="\(variant.name)" address="\(address(index))" \(variant.attributes)>
              \(variant.inside)
              <real-server label="rip\(variant.server)" address="\(serverAddress(variant))" \(variant.real)/>
            </virtual-service>
          """
      }
      return """
        <load-balancer version="1">
          <global><health-check interval="2" timeout="20"/></global>
          <floating-ip address="192.168.1.254"/>
        \(services.joined(separator: "\n"))
        </load-balancer>

        """
    }()

    /// Of a server: the service and nothing else.
    private static let serverFirewall = """
      nft -f - <<END
      table inet strict {
        chain input {
          type filter hook input priority 0; policy drop;
          meta l4proto ipv6-icmp accept
          tcp dport 80 accept
        }
      }
      END
      """

    /// Of the load balancer: what is served, and what belongs to it.
    private static let ownFirewall = """
      nft -f - <<END
      table inet strict {
        set services {
          type inet_service; flags interval
          elements = { 80, 443, 50000-60000 }
        }
        chain input {
          type filter hook input priority 0; policy drop;
          ct state vmap { established : accept, related : accept, invalid : drop }
          iif lo accept
          meta l4proto { icmp, ipv6-icmp } accept
          tcp dport @services accept
          ip daddr 192.168.1.0/24 accept
          udp dport 80 ip saddr 10.7.0.0/16 accept
        }
        chain forward {
          type filter hook forward priority 0; policy drop;
          ct state established,related accept
        }
      }
      END
      """

    @Test func nothingIsFound() async throws {
      try await withNetwork { network in
        let near = try await network.segment("near")
        let far = try await network.segment("far")
        let director = try await network.host("director", on: near, "192.168.1.1/24")
        try await director.ip("addr add \(Family.inet6.with(Family.inet6.near + "1")) dev eth0 nodad")
        try await director.addVLAN(100, "192.168.100.1/24")
        try await network.connect(
          director, "eth1", to: far, addresses: Family.all.map { $0.with($0.far + "1") })
        let client = try await network.host("client", on: far, "10.7.0.50/24", gateway: "10.7.0.1")
        for index in 1...5 {
          let gateway = index == 3 ? "192.168.1.254" : nil
          let host = try await network.host("rip\(index)", on: near, "192.168.1.2\(index)/24")
          try await host.ip("addr add \(Family.inet6.with(Family.inet6.rip(index))) dev eth0 nodad")
          if index == 5 { try await host.addVLAN(100, "192.168.100.25/24") }
          var lines = ["sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2"]
          if let gateway {
            lines += ["ip route add default via \(gateway)", "ip -6 route add default via \(Family.inet6.near)1"]
          } else if index != 4 {
            lines.append("ip route add 10.7.0.0/24 via 192.168.1.1")
          }
          if index == 4 { lines.append("for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done") }
          for (place, variant) in Self.variants.enumerated() where variant.server == index && !variant.setUp.isEmpty {
            lines.append(
              variant.setUp.replacing("NAME", with: "vip\(place)").replacing("VIP", with: Self.address(place)))
          }
          if index == 2 { lines.append(Self.serverFirewall) }
          try await host.paste(lines.joined(separator: "\n"))
          _ = try await network.serve("rip\(index)", on: host, ports: "80,443", bind: "0.0.0.0,::")
        }
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration)
        try await lbd.start()
        try await lbd.becomesGreen()
        let place = try #require(Self.variants.firstIndex { $0.name == "busy" })
        let stream = try ConnectionStream(
          network, on: client, from: "10.7.0.50", to: Self.address(place), ports: "80", rate: 20, held: 10)
        try await stream.goesOn(for: 20)
        #expect(Self.variants.count >= 20)
        #expect(try await lbd.mistakes() == [])
        try await director.paste(Self.ownFirewall)
        #expect(try await lbd.mistakes() == [], "with a firewall of its own")
        #expect(try await !lbd.does("events").contains("clients get no answer"))
      }
    }
  }
}
