import Foundation
import Testing

extension InTheLab {
  /// What goes wrong at the start is told in words, with the remedy.
  @Suite struct BadInputTests {
    private func director(_ network: Network) async throws -> Host {
      try await network.host("director", on: try await network.segment("lan"), "192.168.1.99/24")
    }

    @Test func withoutTheRightToUseIPVS() async throws {
      try await withNetwork { network in
        let host = try await director(network)
        let lbd = try LoadBalancerProgram(network, on: host, configuration: WebCluster.configuration())
        try await network.run("chmod", "-R", "a+rwX", network.directory)
        let program = try network.start(
          [
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all",
            Lab.binary("lbd"),
          ] + lbd.options, in: host, log: "lbd-as-nobody")
        let code = try await program.exit()
        #expect(code != 0 && code < 128)
        #expect(program.output.contains("CAP_NET_ADMIN"), "\(program.output)")
      }
    }

    @Test func secondDaemonOnTheSameSocket() async throws {
      try await withNetwork { network in
        let host = try await director(network)
        let first = try LoadBalancerProgram(network, on: host, configuration: WebCluster.configuration())
        try await first.start()
        let second = try network.start([Lab.binary("lbd")] + first.options, in: host, log: "second")
        let code = try await second.exit()
        #expect(code != 0 && code < 128)
        #expect(second.output.contains(first.socketPath), "\(second.output)")
        #expect(try await first.lbctl("overview").exitCode == 0)
      }
    }

    @Test func socketInAMissingDirectory() async throws {
      try await withNetwork { network in
        let host = try await director(network)
        let lbd = try LoadBalancerProgram(network, on: host, configuration: WebCluster.configuration())
        let socket = "\(network.directory)/missing/control.sock"
        let program = try network.start(
          [Lab.binary("lbd")] + lbd.options.dropLast() + [socket], in: host, log: "lbd")
        let code = try await program.exit()
        #expect(code != 0 && code < 128)
        #expect(program.output.contains("\(network.directory)/missing"), "\(program.output)")
      }
    }

    @Test func virtualAddressThatIsAnInterfacesOwn() async throws {
      try await withNetwork { network in
        let host = try await director(network)
        let lbd = try LoadBalancerProgram(network, on: host, configuration: WebCluster.configuration())
        try await lbd.start()
        let table = try await lbd.table()
        let own = """
          <?xml version="1.0" encoding="UTF-8"?>
          <load-balancer version="1">
            <virtual-service label="Own" address="192.168.1.99" ports="8080">
              <real-server label="rip1" address="192.168.1.110"/>
            </virtual-service>
          </load-balancer>

          """
        try lbd.write(own, asDropIn: "60-own.xml")
        let place = "60-own.xml:3"
        let reload = try await lbd.lbctl("config", "reload")
        #expect(reload.exitCode == 2)
        let words = reload.output + reload.errors
        #expect(words.contains(place) && words.contains("192.168.1.99"), "\(reload)")
        #expect(try await lbd.table() == table)
      }
    }

    @Test func stateFileCutInHalfIsKeptAside() async throws {
      try await withNetwork { network in
        let host = try await director(network)
        let lbd = try LoadBalancerProgram(network, on: host, configuration: WebCluster.configuration())
        try await lbd.start()
        try await lbd.does("halt", "HTTP-Cluster", "rip2")
        try await lbd.kill9()
        let path = lbd.stateDirectory + "/state.json"
        let whole = try #require(FileManager.default.contents(atPath: path))
        let half = whole.prefix(whole.count / 2)
        try half.write(to: URL(filePath: path))

        try await lbd.start()
        let names = try FileManager.default.contentsOfDirectory(atPath: lbd.stateDirectory)
        let kept = names.filter { $0.hasPrefix("state.json.") }
          .contains { FileManager.default.contents(atPath: "\(lbd.stateDirectory)/\($0)") == half }
        #expect(kept, "\(names)")
        #expect(lbd.log.contains("state.json"), "\(lbd.log)")
      }
    }
  }
}
