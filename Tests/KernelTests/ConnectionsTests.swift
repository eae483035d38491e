import ControlAPI
import Foundation
import Testing

extension InTheLab {
  /// The kernel's table with labels, of an ordinary service and of one on a mark.
  @Suite struct ConnectionsTests {
    private static let marked = """
        <virtual-service label="Marked" address="192.168.1.101" ports="8000,8001" scheduler="rr">
          <persistence timeout="60"/>
          <real-server label="IIS1" address="192.168.1.110"/>
        </virtual-service>

      """

    @Test func currentConnectionsHaveLabels() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(
          network, configuration: WebCluster.configuration(more: Self.marked), ports: "80,8000,8001")
        try await cluster.servers["IIS1"]?.accept("192.168.1.101")
        try await cluster.comesUp()
        try await cluster.lbd.shows("Marked green") { $0.service("Marked")?.status == "green" }
        let stream = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: WebCluster.address, ports: "80", rate: 1, held: 9)
        try await stream.goesOn(for: 3)
        let marked = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: "192.168.1.101", ports: "8000,8001", rate: 1,
          held: 4)
        try await marked.goesOn(for: 2)

        let client = ControlClient(socketPath: cluster.lbd.socketPath)
        let established = try await client.connections(ConnectionFilter(service: "HTTP-Cluster", state: "ESTABLISHED"))
        #expect(established.summary.total >= 9)
        #expect(Set(established.summary.groups.map(\.server)) == Set(WebCluster.labels))
        #expect(established.connections.allSatisfy { $0.client == WebCluster.client && $0.virtualPort == 80 })
        let all = try await client.connections(ConnectionFilter(service: "Marked"))
        #expect(Set(all.summary.groups.map(\.server)) == ["IIS1"])
        #expect(all.summary.total >= 4 && all.summary.templates == 1)
        #expect(Set(all.connections.filter { $0.template != true }.map(\.virtualPort)) == [8000, 8001])

        let text = try await cluster.lbd.does("connections", "Marked", "--all")
        #expect(text.contains("Marked/IIS1") && text.contains("template"))
        let json = try await cluster.lbd.does("connections", "--json", "--all", "--server", "IIS1")
        let list = try ControlJSON.decode(ConnectionList.self, from: Data(json.utf8))
        #expect(list.connections.count == Int(list.summary.total + list.summary.templates))
        #expect(try await cluster.lbd.lbctl("connections", "Nobody").exitCode == 3)
        _ = try await stream.end()
        _ = try await marked.end()
      }
    }
  }
}
