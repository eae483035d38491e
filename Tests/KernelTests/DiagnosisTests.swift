import ControlAPI
import Foundation
import TestSupport
import Testing

extension InTheLab {
  /// Every mistake of the reference made on purpose: named, mended by the words printed, and named no more.
  @Suite struct DiagnosisTests {
    private static func configuration(_ family: Family, _ attributes: String, servers: Int, more: String = "") -> String
    {
      let list = (1...servers).map { #"<real-server label="rip\#($0)" address="\#(family.rip($0))"/>"# }
      return """
        <load-balancer version="1">
          <global><health-check interval="1" timeout="5"/></global>
          \(more)
          <virtual-service label="Web" address="\(family.vip)" ports="80" scheduler="rr" \(attributes)>
            \(list.joined(separator: "\n    "))
          </virtual-service>
        </load-balancer>

        """
    }

    /// Finds exactly this mistake, mends it by its own words on the host, and finds nothing then.
    private func finds(
      _ mistake: String, and mends: Host?, _ lbd: LoadBalancerProgram, _ comment: Comment? = nil
    ) async throws -> DiagnosisFinding? {
      let findings = try await lbd.diagnose()
      #expect(findings.map(\.name) == [mistake], comment)
      guard let finding = findings.first, let mends else { return findings.first }
      try await mends.paste(finding.linuxCommands)
      #expect(try await lbd.mistakes() == [], "after: \(finding.linuxCommands)")
      return finding
    }

    @Test("direct routing", arguments: Family.all)
    func directRouting(family: Family) async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, family.with(family.near + "1"))
        let client = try await network.host("client", on: lan, family.with(family.client))
        var servers: [Host] = []
        for index in 1...3 {
          let host = try await network.host("rip\(index)", on: lan, family.with(family.rip(index)))
          try await host.run("sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2")
          servers.append(host)
        }
        // Healthy in three ways: the address on lo, on a dummy interface, and redirected without having it.
        try await servers[0].ip("addr add \(family.single) dev lo")
        try await servers[1].ip(
          "link add vip0 type dummy", "link set vip0 up",
          "addr add \(family.single) dev vip0" + (family.isIPv4 ? "" : " nodad"))
        let table = family.isIPv4 ? "ip" : "ip6"
        try await servers[2].paste(
          """
          nft add table \(table) vip
          nft add chain \(table) vip pre '{ type nat hook prerouting priority -100; }'
          nft add rule \(table) vip pre \(table) daddr \(family.vip) tcp dport 80 redirect
          """)
        var programs: [RunningProgram] = []
        for index in 1...3 {
          programs.append(
            try await network.serve("rip\(index)", on: servers[index - 1], ports: "80", bind: family.any))
        }
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: Self.configuration(family, "", servers: 3))
        try await lbd.start()
        try await lbd.shows("Web green") { $0.service("Web")?.status == "green" }
        #expect(try await lbd.mistakes() == [], "healthy")

        // The address is not there at all: clients' connections stay half open.
        try await servers[0].ip("addr del \(family.single) dev lo")
        _ = try await network.connect(
          from: client, family.client, to: family.vip, ports: "80", count: 12, timeout: 3)
        let half = try await ControlClient(socketPath: lbd.socketPath).connections(ConnectionFilter(state: "SYN_RECV"))
        #expect(Set(half.summary.groups.map(\.server)) == ["rip1"])
        _ = try await finds("vip-not-accepted Web/rip1", and: servers[0], lbd, "no address")
        let well = try await network.connect(from: client, family.client, to: family.vip, ports: "80", count: 6)
        #expect(Set(well.map { $0.server ?? $0.result }) == ["rip1", "rip2", "rip3"])

        // The address on the wire's interface.
        try await servers[1].ip("link del vip0", "addr add \(family.single) dev eth0" + (family.isIPv4 ? "" : " nodad"))
        _ = try await finds("arp-problem Web/rip2", and: servers[1], lbd, "on eth0")
        if family.isIPv4 {
          // The address on lo, and the settings forgotten.
          try await servers[1].run(
            "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=0", "net.ipv4.conf.all.arp_announce=0")
          _ = try await finds("arp-problem Web/rip2", and: servers[1], lbd, "arp_ignore=0")
        }

        // The program listens on the server's own address only.
        try await servers[2].paste("nft delete table \(table) vip")
        try await servers[2].ip("addr add \(family.single) dev lo")
        try await programs[2].kill9()
        _ = try await network.serve("rip3", on: servers[2], ports: "80", bind: family.rip(3))
        try await lbd.shows("Web green") { $0.service("Web")?.status == "green" }
        _ = try await finds("not-listening-on-vip Web/rip3", and: servers[2], lbd, "bound to its own address")

        // A machine that is no server has the address; the background finds it by itself.
        try await client.ip("addr add \(family.single) dev eth0" + (family.isIPv4 ? "" : " nodad"))
        #expect(try await lbd.mistakes() == ["duplicate-address Web/"])
        try Self.configuration(family, "", servers: 3).replacing("<global>", with: "<global diagnose=\"yes\">")
          .write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)
        try await eventually("a warning") { try await lbd.does("events").contains("duplicate-address") }
        #expect(try await lbd.does("overview").contains("duplicate-address"))
        try await client.ip("addr del \(family.single) dev eth0")
        #expect(try await lbd.mistakes() == [])

        try await network.setLink(of: director, isUp: false)
        #expect(try await lbd.mistakes() == ["no-link Web/"])
      }
    }

    /// A server across a router, and one that nobody knows the way to, for direct routing.
    private static let elsewhere = """
      <load-balancer version="1">
        <virtual-service label="Elsewhere" address="192.168.1.16" ports="80">
          <real-server label="routed" address="172.16.5.5"/>
          <real-server label="lost" address="172.16.6.6"/>
        </virtual-service>
      </load-balancer>

      """

    @Test("nat and snat", arguments: Family.all)
    func translation(family: Family) async throws {
      try await withNetwork { network in
        let near = try await network.segment("near")
        let far = try await network.segment("far")
        let gateway = family.near + "1"
        let director = try await network.host("director", on: near, family.with(gateway))
        try await network.connect(director, "eth1", to: far, addresses: [family.with(family.far + "1")])
        let client = try await network.host(
          "client", on: far, family.with(family.far + "50"), gateway: family.far + "1")
        let neighbour = try await network.host("neighbour", on: near, family.with(family.near + "60"))
        let server = try await network.host("rip1", on: near, family.with(family.rip(1)), gateway: gateway)
        _ = try await network.serve("rip1", on: server, ports: "80", bind: family.any)
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: Self.configuration(family, #"forwarding="nat""#, servers: 1))
        try await lbd.start()
        try await lbd.shows("Web green") { $0.service("Web")?.status == "green" }
        #expect(try await lbd.mistakes() == [], "healthy")

        // Another router is the server's gateway, and none at all.
        let ip = family.isIPv4 ? ["ip"] : ["ip", "-6"]
        try await server.paste("\(ip.joined(separator: " ")) route replace default via \(family.near)254")
        let wrong = try await finds("wrong-gateway Web/rip1", and: server, lbd, "another router")
        #expect(wrong?.linuxCommands.contains(gateway) == true)
        try await server.paste("\(ip.joined(separator: " ")) route del default")
        _ = try await finds("wrong-gateway Web/rip1", and: server, lbd, "no default route")
        let served = try await network.connect(from: client, family.far + "50", to: family.vip, ports: "80", count: 3)
        #expect(Set(served.map { $0.server ?? $0.result }) == ["rip1"])

        // A client beside the server; connections of clients elsewhere are no consolation to it.
        _ = try await network.connect(
          from: neighbour, family.near + "60", to: family.vip, ports: "80", count: 6, timeout: 3)
        let finding = try await finds("same-subnet Web/rip1", and: nil, lbd)
        try await server.paste(try #require(finding).linuxCommands)
        let beside = try await network.connect(
          from: neighbour, family.near + "60", to: family.vip, ports: "80", count: 3)
        #expect(Set(beside.map { $0.server ?? $0.result }) == ["rip1"])
        #expect(try await lbd.mistakes() == [])

        try await lbd.does("service", "edit", "Web", "--forwarding", "snat")
        try await lbd.shows("Web green") { $0.service("Web")?.status == "green" }
        #expect(try await lbd.mistakes() == [], "snat")
        guard family.isIPv4 else { return }

        let most = try await network.run("sysctl", "-n", "net.netfilter.nf_conntrack_max")
          .trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try await network.connect(from: client, family.far + "50", to: family.vip, ports: "80", count: 3)
        try await network.run("sysctl", "-qw", "net.netfilter.nf_conntrack_max=1")
        let full = try await lbd.mistakes()
        try await network.run("sysctl", "-qw", "net.netfilter.nf_conntrack_max=\(most)")
        #expect(full == ["conntrack-nearly-full /"])

        try lbd.write(Self.elsewhere, asDropIn: "elsewhere.xml")
        try await lbd.does("config", "reload")
        #expect(try await lbd.mistakes() == ["no-route Elsewhere/routed", "no-route Elsewhere/lost"])
        try await director.ip("route add 172.16.5.0/24 via \(family.far)50")
        #expect(try await lbd.mistakes() == ["not-connected Elsewhere/routed", "no-route Elsewhere/lost"])
        #expect(try await lbd.lbctl("diagnose", "Web").exitCode == 0)
      }
    }

    @Test("a tunnel", arguments: Family.all)
    func tunnel(family: Family) async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, family.with(family.near + "1"))
        let client = try await network.host("client", on: lan, family.with(family.client))
        let server = try await network.host("rip1", on: lan, family.with(family.rip(1)))
        let device = family.isIPv4 ? "tunl0" : "ip6tnl0"
        try await server.ip(
          "link set \(device) up", "addr add \(family.single) dev \(device)" + (family.isIPv4 ? "" : " nodad"))
        try await server.paste(
          """
          sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
          for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done
          """)
        _ = try await network.serve("rip1", on: server, ports: "80", bind: family.any)
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: Self.configuration(family, #"forwarding="tun""#, servers: 1))
        try await lbd.start()
        try await lbd.shows("Web green") { $0.service("Web")?.status == "green" }
        let well = try await network.connect(from: client, family.client, to: family.vip, ports: "80", count: 3)
        #expect(Set(well.map { $0.server ?? $0.result }) == ["rip1"])
        #expect(try await lbd.mistakes() == [], "healthy")

        try await server.ip("link set \(device) down")
        _ = try await finds("tunnel-not-accepted Web/rip1", and: server, lbd, "the device is down")
        guard family.isIPv4 else { return }
        try await server.run("sysctl", "-qw", "net.ipv4.conf.tunl0.rp_filter=1")
        _ = try await finds("tunnel-not-accepted Web/rip1", and: server, lbd, "rp_filter")
      }
    }
  }
}
