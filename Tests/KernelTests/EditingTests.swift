import Foundation
import Testing

extension InTheLab {
  /// Changes of the configuration while clients are connected: by commands, and by files that are written in every way.
  @Suite struct EditingTests {
    private func document(_ label: String, _ address: String) -> String {
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <load-balancer version="1">
        <virtual-service label="\(label)" address="\(address)" ports="80">
          <health-check type="connect"/>
          <real-server label="rip1" address="192.168.1.110"/>
        </virtual-service>
      </load-balancer>

      """
    }

    private func withStream(
      _ body: (Network, WebCluster) async throws -> Void
    ) async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        try await cluster.comesUp()
        let stream = try ConnectionStream(
          network, on: cluster.client, from: WebCluster.client, to: WebCluster.address, ports: "80", rate: 20, held: 3)
        try await stream.goesOn(for: 10)
        try await body(network, cluster)
        try await stream.goesOn(for: 10)
        let end = try await stream.end()
        #expect(end.failures == 0)
        #expect(end.held.values.reduce(0, +) == 3, "the held connections went on")
      }
    }

    @Test func commandsTakeEffectWhileConnectionsGoOn() async throws {
      try await withStream { network, cluster in
        let lbd = cluster.lbd
        try await lbd.does("server", "edit", "HTTP-Cluster", "rip2", "--weight", "50")
        #expect(try await lbd.table().contains { $0.contains("192.168.1.111:80 -g -w 50") })
        // Two at the same time: both arrive.
        let lbctl = [Lab.binary("lbctl"), "--socket", lbd.socketPath]
        let server = ["server", "add", "HTTP-Cluster", "rip4", "--address", "192.168.1.113"]
        let both = try [server, ["floating-ip", "add", "192.168.1.200/24"]].map {
          try network.start(lbctl + $0, log: "edit")
        }
        for program in both { #expect(try await program.exit() == 0, "\(program.output)") }
        let text = try String(contentsOfFile: lbd.configurationPath, encoding: .utf8)
        #expect(text.contains("rip4") && text.contains("192.168.1.200/24") && text.contains("weight=\"50\""))
        #expect(
          try await lbd.lbctl("server", "add", "HTTP-Cluster", "rip4", "--address", "192.168.1.113").exitCode == 4)

        for host in cluster.servers.values { try await host.ip("addr add 192.168.1.102/32 dev lo") }
        let copied = try await lbd.does("service", "duplicate", "HTTP-Cluster", "Copy", "--address", "192.168.1.102")
        #expect(copied.contains("copied: ports 80"))
        try await lbd.shows("the copy green") { $0.service("Copy")?.status != "red" && $0.service("Copy") != nil }
        try await eventually("the copy serves") {
          let answers = try await network.connect(
            from: cluster.client, WebCluster.client, to: "192.168.1.102", ports: "80")
          return answers.first?.server == nil ? nil : true
        }
        #expect(try await lbd.does("config", "plan").contains("nothing would change"))
        try await lbd.does("service", "delete", "Copy")
        try await lbd.does("floating-ip", "delete", "192.168.1.200")
        try await lbd.does("server", "delete", "HTTP-Cluster", "rip4")
        try await lbd.does("server", "edit", "HTTP-Cluster", "rip2", "--weight", "100")
        #expect(try String(contentsOfFile: lbd.configurationPath, encoding: .utf8) == WebCluster.configuration())
      }
    }

    @Test func dropInsAreTakenHoweverTheyAreWritten() async throws {
      try await withStream { network, cluster in
        let lbd = cluster.lbd
        let source = network.path("source.xml")
        let target = lbd.dropInDirectory + "/web.xml"
        // As editors, rsync and people write: each way another address, so that it is seen to be applied.
        let ways = [
          "cat \(source) > \(lbd.dropInDirectory)/.web.xml.x7; mv \(lbd.dropInDirectory)/.web.xml.x7 \(target)",
          "head -c 90 \(source) > \(target); sleep 0.1; tail -c +91 \(source) >> \(target)",
          "mv \(target) \(target)~; cat \(source) > \(target); rm \(target)~",
          "cp \(source) \(lbd.dropInDirectory)/tmp; touch -d yesterday \(lbd.dropInDirectory)/tmp; "
            + "mv \(lbd.dropInDirectory)/tmp \(target)",
          "ln -sf \(source) \(target).new; mv -T \(target).new \(target)",
        ]
        for (index, way) in ways.enumerated() {
          let address = "192.168.1.\(120 + index)"
          try document("Web", address).write(toFile: source, atomically: true, encoding: .utf8)
          _ = try await lbd.host.run("sh", "-c", way)
          try await lbd.shows("\(address) by '\(way)'") { $0.service("Web")?.address == address }
        }
        try FileManager.default.removeItem(atPath: target)
        try await lbd.shows("the drop-in gone") { $0.service("Web") == nil }
      }
    }

    /// With the watch on: the change is applied by itself, and goes back by itself all the same.
    @Test func anUnconfirmedChangeGoesBack() async throws {
      try await withStream { _, cluster in
        let lbd = cluster.lbd
        let before = WebCluster.configuration()
        let changed = before.replacing("weight=\"100\"/>\n  </virtual", with: "weight=\"7\"/>\n  </virtual")
        try changed.write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)
        let reload = try await lbd.does("config", "reload", "--confirm-within", "40")
        #expect(reload.contains("weight of rip3 100 → 7"), "\(reload)")
        try await eventually("the weight applied") {
          try await lbd.table().contains { $0.contains("-w 7") } ? true : nil
        }
        try await eventually("the files of before") {
          try String(contentsOfFile: lbd.configurationPath, encoding: .utf8) == before ? true : nil
        }
        try await eventually("the weight of before") {
          try await lbd.table().contains { $0.contains("-w 7") } ? nil : true
        }
        try changed.write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)
        _ = try await lbd.does("config", "reload", "--confirm-within", "600")
        try await lbd.does("config", "confirm")
        #expect(try await lbd.table().contains { $0.contains("-w 7") })
        try await lbd.does("config", "rollback")
        #expect(try String(contentsOfFile: lbd.configurationPath, encoding: .utf8) == before)
      }
    }
  }
}
