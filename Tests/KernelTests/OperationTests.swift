import Foundation
import Testing

extension InTheLab {
  /// What operators can ask of any service.
  @Suite struct OperationTests {
    /// `persistence` and `fallback` go inside the service of a plain web cluster.
    private static func cluster(_ inside: String) -> String {
      WebCluster.configuration(scheduler: "rr")
        .replacing(#"<health-check type="connect"/>"#, with: #"<health-check type="connect"/>"# + inside)
    }

    @Test func withdrawTakesEverythingOutAndResumePutsItBack() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        let sysctl = "net.ipv4.vs.expire_nodest_conn"
        try await cluster.comesUp()
        let table = try await cluster.lbd.table()
        #expect(try await cluster.lbd.host.run("sysctl", "-n", sysctl) == "1\n")

        try await cluster.lbd.does("withdraw")
        #expect(try await cluster.lbd.table() == [])
        #expect(try await cluster.lbd.packetMarks() == "")
        #expect(try await !cluster.lbd.host.run("ip", "address").contains(WebCluster.address))
        #expect(try await cluster.lbd.host.run("sysctl", "-n", sysctl) == "0\n")

        // It stays so over a restart.
        try await cluster.lbd.kill9()
        try await cluster.lbd.start()
        #expect(try await cluster.lbd.table() == [])

        try await cluster.lbd.does("resume")
        try await cluster.lbd.shows("HTTP-Cluster green") { $0.service("HTTP-Cluster")?.status == "green" }
        #expect(try await cluster.lbd.table() == table)
        #expect(try await cluster.shares(of: 3).count == 3)
      }
    }

    /// Without a directory of the socket too, as after a stop by systemd.
    @Test func withdrawsWithoutADaemon() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        let lbd = cluster.lbd
        let withdraw = [
          Lab.binary("lbd"), "--withdraw", "--state-directory", lbd.stateDirectory,
          "--socket", network.path("gone") + "/control.sock",
        ]
        try await cluster.comesUp()
        let table = try await lbd.table()
        #expect(try await lbd.stop() == 0)
        #expect(try await lbd.table() == table)

        let result = try await network.result(of: withdraw, in: lbd.host)
        #expect(result.exitCode == 0, "\(result)")
        #expect(try await lbd.table() == [])
        #expect(try await lbd.packetMarks() == "")
        #expect(try await !lbd.host.run("ip", "address").contains(WebCluster.address))
        #expect(try await lbd.host.run("sysctl", "-n", "net.ipv4.vs.expire_nodest_conn") == "0\n")

        // The next daemon knows.
        try await lbd.start()
        #expect(try await lbd.table() == [])
        try await lbd.does("resume")
        try await lbd.becomesGreen()
        #expect(try await lbd.table() == table)
        #expect(try await lbd.stop() == 0)

        // A damaged state file is told, and the new one belongs to the daemon's user, as the directory does.
        try await lbd.host.run("sh", "-c", "echo damaged >\(lbd.stateDirectory)/state.json")
        try await lbd.host.run("chown", "nobody:nogroup", lbd.stateDirectory)
        let second = try await network.result(of: withdraw, in: lbd.host)
        #expect(second.exitCode == 0 && second.errors.contains("is damaged"), "\(second)")
        #expect(try await !lbd.host.run("ip", "address").contains(WebCluster.address))
        #expect(
          try await lbd.host.run("stat", "--format=%U:%G", lbd.stateDirectory + "/state.json") == "nobody:nogroup\n")
      }
    }

    @Test func fallbackOnTheLoadBalancerItselfIsDeliveredLocally() async throws {
      try await withNetwork { network in
        let configuration = Self.cluster(#"<fallback address="192.168.1.99"/>"#)
        let cluster = try await WebCluster(network, configuration: configuration)
        try await cluster.comesUp()
        _ = try await network.serve("sorry", on: cluster.lbd.host, ports: "80")
        for label in WebCluster.labels { try await cluster.lbd.does("halt", "HTTP-Cluster", label) }
        #expect(try await cluster.shares(of: 2) == ["sorry": 2])
        try await cluster.lbd.does("online", "HTTP-Cluster", "rip2")
        #expect(try await cluster.shares(of: 2) == ["rip2": 2])
      }
    }

    @Test func granularityKeepsANetworkOfClientsOnOneServer() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: Self.cluster(#"<persistence granularity="24"/>"#))
        try await cluster.comesUp()
        try await cluster.client.owns("10.30.0.0/16")
        for host in cluster.servers.values { try await host.ip("route add 10.30.0.0/16 via \(WebCluster.client)") }
        let first = try await network.connect(
          from: cluster.client, "10.30.1.1-10.30.1.9", to: WebCluster.address, ports: "80", count: 9)
        #expect(Set(first.map(\.server)).count == 1, "\(first)")
        let second = try await network.connect(
          from: cluster.client, "10.30.2.1-10.30.2.9", to: WebCluster.address, ports: "80", count: 9)
        #expect(Set(second.map(\.server)).count == 1, "\(second)")
        #expect(first.first?.server != second.first?.server, "another network has another server")
      }
    }

    @Test func everySchedulerReadsBackAsConfigured() async throws {
      let schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf", "mh"]
      let services = schedulers.enumerated().map { index, scheduler in
        """
          <virtual-service label="\(scheduler)" address="192.168.1.\(130 + index)" ports="80" scheduler="\(scheduler)">
            <health-check type="on"/>
            <real-server label="a" address="192.168.1.110"/>
          </virtual-service>

        """
      }
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.1.99/24")
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: "<load-balancer>\n\(services.joined())</load-balancer>\n")
        try await lbd.start()
        try await lbd.shows("all green") { $0.services.allSatisfy { $0.status == "green" } }
        let held = try await lbd.table().filter { $0.hasPrefix("-A") }
        let expected = schedulers.enumerated().map { "-A -t 192.168.1.\(130 + $0):80 -s \($1)" }
        #expect(held == expected.sorted())
      }
    }
  }
}
