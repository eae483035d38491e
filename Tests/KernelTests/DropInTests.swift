import Testing

extension InTheLab {
  /// Files beside the main one: applied when right, refused whole when not, and said so.
  @Suite struct DropInTests {
    private let broken = """
      <?xml version="1.0" encoding="UTF-8"?>
      <load-balancer version="1">
        <virtual-service label="Broken" address="192.168.1.102" ports="8080"
                         forwarding="teleport">
          <real-server label="rip1" address="192.168.1.110"/>
        </virtual-service>
      </load-balancer>

      """

    @Test func brokenFileIsNamedAndHarmsNobody() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration(), ports: "80,8080")
        for host in cluster.servers.values { try await host.ip("addr add 192.168.1.102/32 dev lo") }
        try await cluster.comesUp()
        let lbd = cluster.lbd
        let table = try await lbd.table()
        let stream = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: WebCluster.address, ports: "80", rate: 20, held: 3)
        try await stream.goesOn(for: 10)

        try lbd.write(broken, asDropIn: "50-broken.xml")
        let place = "\(lbd.dropInDirectory)/50-broken.xml:4"
        try await eventually("the status names \(place)") { try await lbd.lbctl("status").output.contains(place) }
        #expect(lbd.log.contains(place), "\(lbd.log)")
        #expect(lbd.log.contains("teleport"))
        let check = try await lbd.lbctl("config", "check")
        #expect(check.exitCode == 2 && (check.output + check.errors).contains(place), "\(check)")
        #expect(try await lbd.table() == table)
        try await stream.goesOn(for: 20)

        let mended = broken.replacing("teleport", with: "dr")
        try lbd.write(mended, asDropIn: "50-broken.xml")
        try await lbd.shows("the mended service") { $0.service("Broken")?.status == "green" }
        #expect(try await !lbd.lbctl("status").output.contains(place))
        let answers = try await network.connect(
          from: cluster.client, WebCluster.client, to: "192.168.1.102", ports: "8080")
        #expect(answers.map(\.server) == ["IIS1"], "\(answers)")

        try lbd.removeDropIn("50-broken.xml")
        try await lbd.shows("the service gone") { $0.service("Broken") == nil }
        try await eventually("the table from before") { try await lbd.table() == table }

        let end = try await stream.end()
        #expect(end.failures == 0)
        #expect(end.held.values.reduce(0, +) == 3)
      }
    }

    /// Broken files at the start: the newest configuration of the history runs.
    @Test func startsFromHistoryWhenTheFilesAreBroken() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        try await cluster.comesUp()
        let lbd = cluster.lbd
        let table = try await lbd.table()
        try await lbd.kill9()
        try lbd.write(broken, asDropIn: "50-broken.xml")
        try await lbd.start()
        try await lbd.shows("HTTP-Cluster green from the history") { $0.service("HTTP-Cluster")?.status == "green" }
        #expect(try await lbd.table() == table)
        let status = try await lbd.does("status")
        #expect(status.contains("50-broken.xml:4") && status.contains("history"), "\(status)")
      }
    }
  }
}
