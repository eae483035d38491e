import Testing

extension InTheLab {
  /// Edits of a running configuration end no connection that they need not end.
  @Suite struct EditTests {
    /// Two services over the same servers, the second of which no edit is about.
    private static func configuration(
      service: String = #"ports="80""#, inside: String = "", server: String = "", global: String = ""
    ) -> String {
      """
      <load-balancer version="1">
        <global>
          <health-check interval="1" timeout="3"/>
          <timeouts tcp-fin="1" udp="1"/>
          \(global)
        </global>
        <virtual-service label="HTTP-Cluster" address="192.168.1.100" scheduler="rr" \(service)>
          <health-check type="connect" port="80"/>
          \(inside)
          <real-server label="IIS1" address="192.168.1.110" \(server)/>
          <real-server label="rip2" address="192.168.1.111"/>
        </virtual-service>
        <virtual-service label="Archive" address="192.168.1.101" ports="104,2000-2010" scheduler="rr">
          <health-check type="connect" port="104"/>
          <real-server label="archive1" address="192.168.1.110"/>
          <real-server label="archive2" address="192.168.1.111"/>
        </virtual-service>
      </load-balancer>

      """
    }

    private static let translated = """
        <virtual-service label="Translated" address="192.168.1.102" ports="80" forwarding="snat">
          <real-server label="rip2" address="192.168.1.111"/>
        </virtual-service>
      </load-balancer>
      """

    /// In this order, one after another.
    private static let edits = [
      ("several ports", configuration(service: #"ports="80,443,8000-8010""#)),
      ("other ports", configuration(service: #"ports="80,444""#)),
      ("one port again", configuration()),
      ("both protocols", configuration(service: #"ports="80" protocol="tcp+udp""#)),
      ("one protocol again", configuration()),
      ("persistence", configuration(inside: #"<persistence timeout="60" granularity="24"/>"#)),
      ("no persistence", configuration()),
      ("a weight", configuration(server: #"weight="50""#)),
      ("limits", configuration(server: #"minimum-connections="100" maximum-connections="200""#)),
      ("a fallback", configuration(inside: #"<fallback address="192.168.1.112"/>"#)),
      ("a translated service", configuration().replacing("</load-balancer>", with: translated)),
      ("no translated service", configuration()),
      ("checks", configuration(inside: #"<health-check type="connect" port="8000"/>"#)),
      ("the defaults of checks", configuration(global: #"<draining persistent-clients="move"/>"#)),
    ]

    @Test func connectionsOutliveEveryEditThatNeedNotEndThem() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(
          network, configuration: Self.configuration(), ports: "80,443,444,8000,104,2000-2010")
        for (label, host) in cluster.servers {
          try await host.accept("192.168.1.101")
          _ = try await network.serve(label, on: host, ports: "80", bind: WebCluster.address, transport: "udp")
        }
        try await cluster.lbd.start()
        try await cluster.lbd.becomesGreen()
        func stream(_ address: String, _ ports: String, rate: Int) throws -> ConnectionStream {
          try ConnectionStream(
            network, on: cluster.client, from: WebCluster.client, to: address, ports: ports, rate: rate, held: 4)
        }
        let streams = [
          try stream(WebCluster.address, "80", rate: 10), try stream("192.168.1.101", "104,2000,2010", rate: 10),
        ]
        for stream in streams { try await stream.goesOn(for: 5) }
        for (name, configuration) in Self.edits {
          try await cluster.lbd.runs(configuration)
          for stream in streams { try await stream.goesOn(for: 5) }
          for stream in streams { #expect(stream.ended.isEmpty, "\(name)") }
          let datagram = try await network.connect(
            from: cluster.client, WebCluster.client, to: WebCluster.address, ports: "80", transport: "udp", timeout: 2)
          #expect((datagram.first?.result == "connected") == (name == "both protocols"), "\(name)")
        }

        // A base for the marks above all that are in use: every service on a mark gets another.
        try await cluster.lbd.runs(
          Self.configuration(service: #"ports="80,443""#)
            .replacing("<global>", with: #"<global firewall-mark-base="1600000000">"#))
        for stream in streams { try await stream.goesOn(for: 5) }
        for stream in streams {
          let last = try await stream.end()
          #expect(last.failures == 0)
          #expect(last.held.values.reduce(0, +) == 4)
        }

        // The entries that waited for the last connection go with it; then the kernel holds what a start would make.
        func held() async throws -> [String] {
          try await cluster.lbd.table() + [cluster.lbd.packetMarks(), cluster.lbd.host.run("ip", "-brief", "address")]
        }
        try await eventually("no entry is left over") {
          try await cluster.lbd.table().count { $0.hasPrefix("-A") } == 2
        }
        let edited = try await held()
        try await cluster.lbd.does("withdraw")
        try await cluster.lbd.does("resume")
        try await cluster.lbd.becomesGreen()
        #expect(try await held() == edited)
      }
    }

    /// A server that fails keeps its connections where it is only quiesced; an address that nobody serves goes.
    @Test func quiesceAndWithdrawWhenDown() async throws {
      let configuration = """
        <load-balancer version="1">
          <global>
            <health-check interval="1" timeout="3"/>
          </global>
          <virtual-service label="HTTP-Cluster" address="192.168.1.100" ports="80" withdraw-when-down="yes">
            <real-server label="IIS1" address="192.168.1.110"/>
          </virtual-service>
          <virtual-service label="Steady" address="192.168.1.101" ports="104" scheduler="rr" on-failure="quiesce">
            <health-check type="connect" port="80"/>
            <real-server label="IIS1" address="192.168.1.110"/>
            <real-server label="rip2" address="192.168.1.111"/>
          </virtual-service>
        </load-balancer>

        """
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: configuration)
        for label in ["IIS1", "rip2"] {
          guard let host = cluster.servers[label] else { continue }
          try await host.accept("192.168.1.101")
          _ = try await network.serve(label, on: host, ports: "104")
        }
        try await cluster.lbd.start()
        try await cluster.lbd.becomesGreen()
        #expect(try await cluster.lbd.host.run("ip", "address").contains("192.168.1.100/32"))
        let stream = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: "192.168.1.101", ports: "104", rate: 10, held: 4)
        try await stream.reaches("two connections to each server") { $0.held == ["IIS1": 2, "rip2": 2] }

        try await cluster.kill("IIS1")
        try await cluster.lbd.shows("IIS1 red in both") { overview in
          overview.services.allSatisfy { $0.server("IIS1")?.status == "red" }
        }
        #expect(try await !cluster.lbd.host.run("ip", "address").contains("192.168.1.100/32"))
        let before = try await stream.goesOn(for: 5)
        let after = try await stream.goesOn(for: 20)
        #expect(after.greeted["IIS1"] == before.greeted["IIS1"], "no new connection for a quiesced server")
        #expect(after.held == ["IIS1": 2, "rip2": 2], "and its old ones go on")

        try await cluster.start("IIS1")
        try await cluster.lbd.becomesGreen()
        #expect(try await cluster.lbd.host.run("ip", "address").contains("192.168.1.100/32"))
        #expect(try await cluster.shares(of: 2) == ["IIS1": 2])
        let last = try await stream.end()
        #expect(last.failures == 0)
        #expect(stream.ended.isEmpty)
      }
    }
  }
}
