import ControlAPI
import TestSupport
import Testing

extension InTheLab {
  /// The load balancer's own firewall, and tunnels that take no large packets: named, and mended by the words printed.
  @Suite struct FirewallDiagnosisTests {
    private static func configuration(_ family: Family, _ forwarding: String) -> String {
      """
      <load-balancer version="1">
        <global><health-check interval="1" timeout="5"/></global>
        <virtual-service label="Web" address="\(family.near)15" ports="80,443" forwarding="\(forwarding)">
          <health-check type="connect" port="80"/>
          <real-server label="rip1" address="\(family.near)21"/>
        </virtual-service>
      </load-balancer>

      """
    }

    /// Runs what is printed for each finding on the load balancer; nothing is found then.
    private func mend(_ findings: [DiagnosisFinding], _ lbd: LoadBalancerProgram, _ director: Host) async throws {
      for finding in findings { try await director.paste(finding.linuxCommands) }
      #expect(try await lbd.mistakes() == [], "after: \(findings.map(\.linuxCommands))")
    }

    @Test(arguments: Family.all)
    func translation(family: Family) async throws {
      try await withNetwork { network in
        let near = try await network.segment("near")
        let far = try await network.segment("far")
        let gateway = family.near + "1"
        let director = try await network.host("director", on: near, family.with(gateway))
        try await network.connect(director, "eth1", to: far, addresses: [family.with(family.far + "1")])
        let client = try await network.host(
          "client", on: far, family.with(family.far + "50"), gateway: family.far + "1")
        let server = try await network.host("rip1", on: near, family.with(family.near + "21"), gateway: gateway)
        _ = try await network.serve("rip1", on: server, ports: "80,443", bind: family.any)
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration(family, "nat"))
        try await lbd.start()
        try await lbd.becomesGreen()
        func isServed() async throws -> Bool {
          let tried = try await network.connect(
            from: client, family.far + "50", to: family.near + "15", ports: "80,443", timeout: 3)
          return tried.allSatisfy { $0.server == "rip1" }
        }

        // A stateful firewall as everybody writes it, without the services.
        try await director.paste(
          """
          nft -f - <<END
          table inet filter {
            chain input {
              type filter hook input priority 0; policy drop;
              ct state established,related accept
              iifname lo accept
              meta l4proto { icmp, ipv6-icmp } accept
              tcp dport { 22, 8080 } accept
            }
            chain forward {
              type filter hook forward priority 0; policy drop;
              ct state established,related accept
            }
          }
          END
          """)
        #expect(try await !isServed())
        let found = try await lbd.diagnose()
        #expect(found.map(\.name) == ["own-firewall Web/", "own-firewall Web/rip1"])
        #expect(found.first?.evidence.contains("chain input in table inet filter") == true)
        try await mend(found, lbd, director)
        #expect(try await isServed())

        // A rule, and one that holds up the health checks too.
        try await director.paste(
          "nft 'add chain inet filter output { type filter hook output priority 0; }; "
            + "add rule inet filter output \(family.isIPv4 ? "ip" : "ip6") daddr \(family.near)21 counter reject'")
        let outward = try await lbd.diagnose()
        #expect(outward.map(\.name) == ["own-firewall Web/rip1"])
        try await mend(outward, lbd, director)
        try await lbd.becomesGreen()
        #expect(try await isServed())
      }
    }

    @Test(arguments: ["iptables", "iptables-legacy"])
    func iptablesAndTheServersOwnFirewall(iptables: String) async throws {
      let family = Family.inet
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.1.1/24")
        let client = try await network.host("client", on: lan, "192.168.1.50/24")
        let server = try await network.host("rip1", on: lan, "192.168.1.21/24")
        try await server.accept("192.168.1.15")
        _ = try await network.serve("rip1", on: server, ports: "80,443")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration(family, "dr"))
        try await lbd.start()
        try await lbd.becomesGreen()
        try await director.paste(
          """
          \(iptables) -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
          \(iptables) -A INPUT -i lo -j ACCEPT
          \(iptables) -A INPUT -p tcp -m multiport --dports 22,443 -j ACCEPT
          \(iptables) -P INPUT DROP
          """)
        let found = try await lbd.diagnose()
        #expect(found.map(\.name) == ["own-firewall Web/"])
        #expect(found.first?.linuxCommands == "\(iptables) -I INPUT -d 192.168.1.15 -p tcp --dport 80 -j ACCEPT")
        try await mend(found, lbd, director)
        let served = try await network.connect(from: client, "192.168.1.50", to: "192.168.1.15", ports: "80,443")
        #expect(served.allSatisfy { $0.server == "rip1" })

        // The server's firewall is not ours.
        try await server.paste(
          """
          nft add table ip own
          nft add chain ip own input '{ type filter hook input priority 0; }'
          nft add rule ip own input ip daddr 192.168.1.15 drop
          """)
        let theirs = try await lbd.diagnose()
        #expect(theirs.map(\.name) == ["vip-not-accepted Web/rip1"])
        #expect(theirs.first?.remedies.contains { $0.contains("a firewall on it drops") } == true)
      }
    }

    @Test(arguments: Family.all)
    func tunnelWithASmallMTU(family: Family) async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, family.with(family.near + "1"))
        let server = try await network.host("rip1", on: lan, family.with(family.near + "21"))
        let device = family.isIPv4 ? "tunl0" : "ip6tnl0"
        try await server.ip(
          "link set \(device) up", "addr add \(family.near)15/\(family.isIPv4 ? 32 : 128) dev \(device)")
        try await server.paste(
          """
          sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
          for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done
          """)
        _ = try await network.serve("rip1", on: server, ports: "80,443", bind: family.any)
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration(family, "tun"))
        try await lbd.start()
        try await lbd.becomesGreen()
        #expect(try await lbd.mistakes() == [])

        // What is larger gets lost, as in a tunnel on the way that nobody knows of.
        try await server.ip("link set eth0 mtu 1400")
        let found = try await lbd.diagnose()
        #expect(found.map(\.name) == ["path-mtu Web/rip1"])
        #expect(found.first?.evidence.contains("packets of 1400 bytes get through") == true)
        try await mend(found, lbd, director)
        // The other half of the advice is right too.
        let advice = try #require(found.first?.remedies.last)
        try await server.paste(
          advice.split(separator: "\n").filter { $0.hasPrefix("    ") }.joined(separator: "\n"))
        #expect(try await lbd.mistakes() == [])
      }
    }
  }
}
