import Foundation
import Testing

extension InTheLab {
  /// Medical image archive: two clusters behind NAT in two subnets.
  @Suite struct DeploymentCTests {
    private static let ports = Set<UInt16>([12000, 12100, 12200, 12300, 12301, 12950, 12800])

    /// No checks: only the operator moves the clients.
    @Test func operatorMovesTheClientsBetweenTheClusters() async throws {
      try await withNetwork { network in
        let c = try await DeploymentC(network, check: #"<health-check type="on"/>"#)
        let forwarding = "net.ipv4.conf.eth0.forwarding"
        #expect(try await c.director.run("sysctl", "-n", forwarding) == "0\n")
        try await c.lbd.start()
        try await c.lbd.shows("VNA green") { $0.service("VNA")?.status == "green" }
        let (servers, clients) = try await c.answers()
        #expect(servers == ["PrimaryCluster": Self.ports])
        #expect(clients == [DeploymentC.client], "the servers see the client's address")

        try await c.lbd.does("halt", "VNA", "PrimaryCluster")
        let halted = try #require(try await c.lbd.overview().service("VNA"))
        #expect(halted.status == "blue")
        #expect(halted.server("PrimaryCluster")?.status == "blue")
        #expect(try await c.answers().servers == ["SecondaryCluster": Self.ports], "with the client's own port")

        try await c.lbd.does("online", "VNA", "PrimaryCluster")
        #expect(try await c.answers().servers == ["PrimaryCluster": Self.ports])
        #expect(try await c.director.run("sysctl", "-n", forwarding) == "1\n")
        #expect(try await c.director.run("sysctl", "-n", "net.ipv4.conf.eth1.forwarding") == "0\n", "only where needed")
      }
    }

    /// All seven ports must connect; one that does not is a failure of the cluster.
    @Test(
      "one port that fails moves the clients",
      arguments: [
        #"type="connect" port="all""#,
        // The shipped program, which runs in the helper, without privileges.
        #"type="external" command="\#(Lab.shipped("checks/ports"))""#,
      ])
    func onePortThatFails(check: String) async throws {
      try await withNetwork { network in
        let c = try await DeploymentC(
          network, check: #"<health-check \#(check) interval="2" timeout="10" failures="3"/>"#)
        try await c.lbd.start()
        try await c.lbd.shows("VNA green") { $0.service("VNA")?.status == "green" }
        try await c.archive?.kill9()
        _ = try await network.serve("PrimaryCluster", on: c.primary, ports: "12000,12100,12200,12300,12301,12950")
        let down = try await c.lbd.shows("the fallback serves") { $0.service("VNA")?.fallback?.active == true }
        let message = down.service("VNA")?.server("PrimaryCluster")?.lastCheck?.message ?? ""
        #expect(message.contains("port 12800: "), "\(message)")
        #expect(try await c.answers().servers == ["SecondaryCluster": Self.ports])
        _ = try await network.serve("PrimaryCluster", on: c.primary, ports: "12800")
        try await c.lbd.shows("VNA green") { $0.service("VNA")?.status == "green" }
      }
    }

    /// The helper that runs programs is nobody, is started again when it dies, and ends with lbd.
    @Test func programsRunAsNobodyAndTheHelperIsKeptUp() async throws {
      try await withNetwork { network in
        let script = network.path("whoami")
        try "#!/bin/sh\necho \"$(id -un) $(id -G) $4 $LBD_PORTS\"\n"
          .write(toFile: script, atomically: false, encoding: .utf8)
        try await network.run("chmod", "755", network.directory, script)
        let c = try await DeploymentC(
          network, check: #"<health-check type="external" command="\#(script)" interval="1" timeout="10"/>"#)
        try await c.lbd.start()
        let shown = try await c.lbd.shows("VNA green") { $0.service("VNA")?.status == "green" }
        let nobody = try await network.run("id", "-G", "nobody").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(
          shown.service("VNA")?.server("PrimaryCluster")?.lastCheck?.message
            == "nobody \(nobody) 12000 12000,12100,12200,12300,12301,12800,12950")

        let helpers = {
          try await network.result(of: ["pgrep", "-f", "lbd-checks --socket \(network.directory)"]).output
        }
        let first = try await helpers()
        #expect(first.split(separator: "\n").count == 1, "\(first)")
        try await network.run("kill", "-9", first.trimmingCharacters(in: .whitespacesAndNewlines))
        try await eventually("another helper") {
          let now = try await helpers()
          return !now.isEmpty && now != first
        }
        #expect(try await c.lbd.overview().service("VNA")?.status == "green")
        try await c.lbd.kill9()
        try await eventually("the helper's end") { try await helpers().isEmpty }
      }
    }
  }
}
