import Testing

extension InTheLab {
  /// What lbd does to itself changes nothing for the clients.
  @Suite struct RestartTests {
    /// A multi-port service beside the cluster, so that packet marks are there too.
    private static let archive = """
        <virtual-service label="Archive" address="192.168.1.101" ports="104,2000-2010" scheduler="rr">
          <persistence/>
          <health-check type="connect" port="104"/>
          <real-server label="archive1" address="192.168.1.110"/>
          <real-server label="archive2" address="192.168.1.111"/>
        </virtual-service>

      """

    @Test func killedAndStartedAgainUnderAStreamOfConnections() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(
          network, configuration: WebCluster.configuration(scheduler: "rr", more: RestartTests.archive),
          ports: "80,104,2000-2010")
        for host in cluster.servers.values { try await host.ip("addr add 192.168.1.101/32 dev lo") }
        try await cluster.comesUp()
        try await cluster.lbd.shows("Archive green") { $0.service("Archive")?.status == "green" }
        try await cluster.lbd.does("halt", "HTTP-Cluster", "rip3")
        try await cluster.lbd.does("drain", "HTTP-Cluster", "rip2")
        let table = try await cluster.lbd.table()
        let marks = try await cluster.lbd.packetMarks()

        let web = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: WebCluster.address, ports: "80", rate: 20, held: 4)
        let archive = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: "192.168.1.101", ports: "104,2000,2010", rate: 20,
          held: 4)
        try await web.goesOn(for: 20)
        try await archive.goesOn(for: 20)

        try await cluster.lbd.kill9()
        try await web.goesOn(for: 40)
        #expect(try await cluster.lbd.table() == table)
        try await cluster.lbd.start()
        try await cluster.lbd.shows("the state from before") {
          $0.service("HTTP-Cluster")?.status == "green" && $0.service("Archive")?.status == "green"
        }
        try await web.goesOn(for: 40)
        try await archive.goesOn(for: 40)
        #expect(try await cluster.lbd.table() == table)
        #expect(try await cluster.lbd.packetMarks() == marks)
        let overview = try await cluster.lbd.overview()
        #expect(overview.service("HTTP-Cluster")?.server("rip3")?.state == "halt")
        #expect(overview.service("HTTP-Cluster")?.server("rip2")?.state == "drain")

        // A stop in good order changes as little.
        #expect(try await cluster.lbd.stop() == 0)
        try await web.goesOn(for: 40)
        #expect(try await cluster.lbd.table() == table)
        try await cluster.lbd.start()
        try await web.goesOn(for: 40)

        let ends = [try await web.end(), try await archive.end()]
        #expect(ends.map(\.failures) == [0, 0])
        #expect(ends.map { $0.held.values.reduce(0, +) } == [4, 4])
        #expect(Set(ends[0].greeted.keys) == ["IIS1"])
      }
    }
  }
}
