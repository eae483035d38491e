import Glibc
import Testing

extension InTheLab {
  /// Clients notice before the next check: `suspect="yes"`.
  @Suite struct SuspectTests {
    /// Ten minutes from check to check: what is seen earlier, clients have told of.
    private static let configuration = """
      <load-balancer version="1">
        <global><health-check interval="600" timeout="2" failures="2"/></global>
        <virtual-service label="Web" address="192.168.1.15" ports="80" scheduler="rr" suspect="yes">
          <real-server label="rip1" address="192.168.1.21"/>
          <real-server label="rip2" address="192.168.1.22"/>
        </virtual-service>
      </load-balancer>

      """

    @Test func aServerThatDiesUnderClientsIsCheckedAtOnce() async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.1.1/24")
        let client = try await network.host("client", on: lan, "192.168.1.50/24")
        var servers: [Host] = []
        var programs: [RunningProgram] = []
        for index in 1...2 {
          let host = try await network.host("rip\(index)", on: lan, "192.168.1.2\(index)/24")
          try await host.accept("192.168.1.15")
          // A frozen program's kernel goes on accepting until so many wait.
          try await host.run("sysctl", "-qw", "net.core.somaxconn=4")
          servers.append(host)
          programs.append(try await network.serve("rip\(index)", on: host, ports: "80"))
        }
        let lbd = try LoadBalancerProgram(network, on: director, configuration: Self.configuration)
        try await lbd.start()
        try await lbd.becomesGreen()
        let stream = try ConnectionStream(
          network, on: client, from: "192.168.1.50", to: "192.168.1.15", ports: "80", rate: 50, held: 50)
        try await stream.goesOn(for: 200)
        let told = "clients get no answer from"
        #expect(try await !lbd.does("events").contains(told))

        programs[0].send(SIGSTOP)
        try await lbd.shows("the frozen one is out") { $0.service("Web")?.server("rip1")?.health == "down" }
        #expect(try await lbd.does("events").contains("\(told) 192.168.1.21"))
        #expect(try await lbd.table().filter { $0.hasPrefix("-a") }.count == 1)

        try await network.setLink(of: servers[1], isUp: false)
        try await lbd.shows("the one cut off is out") { $0.service("Web")?.server("rip2")?.health == "down" }
        #expect(try await lbd.does("events").contains("\(told) 192.168.1.22"))
        programs[0].send(SIGCONT)
      }
    }
  }
}
