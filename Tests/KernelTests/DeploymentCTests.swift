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
    @Test func onePortThatFailsMovesTheClients() async throws {
      try await withNetwork { network in
        let check = #"<health-check type="connect" port="all" interval="1" timeout="1" failures="3"/>"#
        let c = try await DeploymentC(network, check: check)
        try await c.lbd.start()
        try await c.lbd.shows("VNA green") { $0.service("VNA")?.status == "green" }
        try await c.archive?.kill9()
        _ = try await network.serve("PrimaryCluster", on: c.primary, ports: "12000,12100,12200,12300,12301,12950")
        try await c.lbd.shows("the fallback serves") { $0.service("VNA")?.fallback?.active == true }
        #expect(try await c.answers().servers == ["SecondaryCluster": Self.ports])
        _ = try await network.serve("PrimaryCluster", on: c.primary, ports: "12800")
        try await c.lbd.shows("VNA green") { $0.service("VNA")?.status == "green" }
      }
    }
  }
}
