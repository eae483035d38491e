import Glibc
import Testing

extension InTheLab {
  /// Clients notice before the next check: `suspect="yes"`.
  @Suite struct SuspectTests {
    /// A cluster whose checks are ten minutes apart: what is seen earlier, clients have told of.
    private struct Cluster {
      static let configuration = """
        <load-balancer version="1">
          <global><health-check interval="600" timeout="2" failures="2"/></global>
          <virtual-service label="Web" address="192.168.1.15" ports="80" scheduler="rr" suspect="yes">
            <real-server label="rip1" address="192.168.1.21"/>
            <real-server label="rip2" address="192.168.1.22"/>
          </virtual-service>
        </load-balancer>

        """

      let network: Network
      let director: Host
      let client: Host
      var servers: [Host] = []
      var programs: [RunningProgram] = []
      let lbd: LoadBalancerProgram

      init(_ network: Network) async throws {
        self.network = network
        let lan = try await network.segment("lan")
        director = try await network.host("director", on: lan, "192.168.1.1/24")
        client = try await network.host("client", on: lan, "192.168.1.50/24")
        for index in 1...2 {
          let host = try await network.host("rip\(index)", on: lan, "192.168.1.2\(index)/24")
          try await host.accept("192.168.1.15")
          // A frozen program's kernel goes on accepting until so many wait.
          try await host.run("sysctl", "-qw", "net.core.somaxconn=4")
          servers.append(host)
          programs.append(try await network.serve("rip\(index)", on: host, ports: "80"))
        }
        lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration)
        try await lbd.start()
        try await lbd.becomesGreen()
      }

      func stream(rate: Int, held: Int) throws -> ConnectionStream {
        try ConnectionStream(
          network, on: client, from: "192.168.1.50", to: "192.168.1.15", ports: "80", rate: rate, held: held)
      }

      /// SYNs to a server as IPVS hands them on, each of a client of its own that never repeats it.
      func sendSYNs(_ count: Int, perSecond: Int, to index: Int) async throws {
        let link = try await servers[index].run("ip", "-brief", "link", "show", "eth0").split(separator: " ")
        try await director.run(
          Lab.binary("LabMeter"), "syns", "eth0", String(link[2]), "192.168.1.15", String(count), String(perSecond))
      }

      func isDown(_ server: String) async throws {
        try await lbd.shows("\(server) is out") { $0.service("Web")?.server(server)?.health == "down" }
      }

      /// Three new clients every two seconds; lbd looks every few seconds which server has which hardware address.
      func isDownForNewClients(_ index: Int) async throws {
        try await eventually("rip\(index + 1) is out", every: .seconds(2)) {
          try await sendSYNs(3, perSecond: 100, to: index)
          return try await lbd.overview().service("Web")?.server("rip\(index + 1)")?.health == "down" ? true : nil
        }
      }

      /// How often servers were suspected, by what their checks said.
      func suspicions() async throws -> [String: Int] {
        let metrics = try await lbd.metrics()
        return metrics.matches(of: /lbd_server_suspicions_total{.*result="([a-z]+)"} ([0-9]+)/).reduce(into: [:]) {
          $0[String($1.1), default: 0] += Int($1.2) ?? 0
        }
      }
    }

    @Test func aServerThatDiesUnderClientsIsCheckedAtOnce() async throws {
      try await withNetwork { network in
        let cluster = try await Cluster(network)
        let lbd = cluster.lbd
        try await cluster.stream(rate: 50, held: 50).goesOn(for: 200)
        let told = "clients get no answer from"
        #expect(try await !lbd.does("events").contains(told))

        cluster.programs[0].send(SIGSTOP)
        try await cluster.isDown("rip1")
        #expect(try await lbd.does("events").contains("\(told) 192.168.1.21"))
        #expect(try await lbd.table().filter { $0.hasPrefix("-a") }.count == 1)

        try await network.setLink(of: cluster.servers[1], isUp: false)
        try await cluster.isDown("rip2")
        #expect(try await lbd.does("events").contains("\(told) 192.168.1.22"))
        #expect(try await cluster.suspicions()["failed"] == 2)
        cluster.programs[0].send(SIGCONT)
      }
    }

    @Test func fewNewClientsAreEnough() async throws {
      try await withNetwork { network in
        let cluster = try await Cluster(network)
        // Its port is closed: the check fails in no time, but nobody makes one.
        try await cluster.programs[0].kill9()
        try await cluster.isDownForNewClients(0)
        try await network.setLink(of: cluster.servers[1], isUp: false)
        try await cluster.isDownForNewClients(1)
        #expect(try await cluster.suspicions() == ["passed": 0, "failed": 2, "inconclusive": 0])
      }
    }

    @Test func healthyServersAreSeldomCheckedForTheirClients() async throws {
      try await withNetwork { network in
        let cluster = try await Cluster(network)
        for host in cluster.servers { try await host.run("sysctl", "-qw", "net.core.somaxconn=4096") }
        let overview = try await cluster.lbd.overview()
        // Far away, and one packet in fifty gets lost.
        try await cluster.client.run(
          "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "400ms", "loss", "2%")
        let stream = try cluster.stream(rate: 40, held: 0)
        try await stream.goesOn(for: Lab.isFull ? 600 : 150)
        let far = try await cluster.suspicions()
        // Somebody who sends SYNs and means nothing by them.
        try await cluster.sendSYNs(Lab.isFull ? 20_000 : 5_000, perSecond: 2000, to: 0)
        try await stream.goesOn(for: Lab.isFull ? 100 : 40)
        let all = try await cluster.suspicions()
        #expect(far["failed"] == 0 && all["failed"] == 0)
        #expect((far["passed"] ?? 99) <= 8 && (all["passed"] ?? 99) <= 30, "\(far), then \(all)")
        #expect(try await cluster.lbd.overview().services.map(\.status) == overview.services.map(\.status))
      }
    }
  }
}
