import Testing

extension InTheLab {
  /// Hospital PACS: name service over UDP and TCP, DICOM, all through SNAT; nothing changed on the servers.
  @Suite struct DeploymentDTests {
    private static let configuration = """
      <load-balancer version="1">
        <global>
          <health-check interval="1" timeout="3"/>
        </global>
        <virtual-service label="INFINITT_Check" address="192.168.85.150" ports="137" protocol="tcp+udp" forwarding="snat"
                         scheduler="rr">
          <persistence/>
          <health-check type="connect" port="104"/>
          <real-server label="INF_PACS1" address="192.168.85.200"/>
          <real-server label="INF_PACS2" address="192.168.85.201"/>
        </virtual-service>
        <virtual-service label="DICOM" address="192.168.85.150" ports="104" forwarding="snat" scheduler="rr">
          <persistence/>
          <real-server label="INF_PACS1" address="192.168.85.200"/>
          <real-server label="INF_PACS2" address="192.168.85.201"/>
        </virtual-service>
        <virtual-service label="MWL" address="192.168.85.150" ports="204" forwarding="snat" scheduler="rr">
          <persistence/>
          <real-server label="INF_PACS1" address="192.168.85.200"/>
          <real-server label="INF_PACS2" address="192.168.85.201"/>
        </virtual-service>
        <virtual-service label="QUERY" address="192.168.85.151" ports="105" forwarding="snat" snat-address="192.168.85.99">
          <real-server label="INF_PACS1" address="192.168.85.200" port="104"/>
        </virtual-service>
      </load-balancer>

      """

    @Test func serversWithoutARouteToTheClientsServeThem() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let far = try await network.segment("far")
        let director = try await network.host("director", on: lan, "192.168.85.99/24")
        try await network.connect(director, "eth1", to: far, addresses: ["10.9.0.1/16"])
        let client = try await network.host("client", on: far, "10.9.0.2/16", gateway: "10.9.0.1")
        try await client.owns("10.9.1.0/24")
        var servers: [Host] = []
        var datagramServers: [RunningProgram] = []
        for (index, name) in ["INF_PACS1", "INF_PACS2"].enumerated() {
          let host = try await network.host(name, on: lan, "192.168.85.\(200 + index)/24")
          _ = try await network.serve(name, on: host, ports: "104,137,204")
          datagramServers.append(try await network.serve(name, on: host, ports: "137", transport: "udp"))
          servers.append(host)
        }
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration)
        try await lbd.start()
        try await lbd.shows("all green") { $0.services.allSatisfy { $0.status == "green" } }

        let clients = "10.9.0.2"
        let tcp = try await network.connect(from: client, clients, to: "192.168.85.150", ports: "137", count: 4)
        let udp = try await network.connect(
          from: client, clients, to: "192.168.85.150", ports: "137", count: 4, transport: "udp")
        #expect(Set(tcp.map(\.server)).count == 1, "one client has one server: \(tcp)")
        #expect(Set(tcp.map(\.server)) == Set(udp.map(\.server)), "over both protocols: \(udp)")
        #expect(Set(tcp.map(\.client)) == ["192.168.85.99"], "the servers see the load balancer")

        let several = try await network.connect(
          from: client, "10.9.1.1-10.9.1.8", to: "192.168.85.150", ports: "137", count: 8)
        #expect(Set(several.map(\.server)) == ["INF_PACS1", "INF_PACS2"], "several clients have both: \(several)")

        for port in ["104", "204"] {
          let dicom = try await network.connect(from: client, clients, to: "192.168.85.150", ports: port, count: 4)
          #expect(Set(dicom.compactMap(\.server)).count == 1, "\(dicom)")
        }
        let query = try await network.connect(from: client, clients, to: "192.168.85.151", ports: "105")
        #expect(query.map(\.server) == ["INF_PACS1"], "two services share a server and its port: \(query)")

        // The same with the name service of a real server, which listens on UDP alone.
        for program in datagramServers { try await program.kill9() }
        for host in servers { try Samba(network, on: host).start("nmbd") }
        try await eventually("a name is told") {
          try await network.netBIOSName(from: client, at: "192.168.85.150") == tcp.first?.server
        }
      }
    }
  }
}
