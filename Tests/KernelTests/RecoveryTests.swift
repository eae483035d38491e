import ControlAPI
import Foundation
import Testing

extension InTheLab {
  /// What lbd comes back from by itself.
  @Suite struct RecoveryTests {
    private func warnings(of lbd: LoadBalancerProgram) async throws -> [String] {
      try await ControlClient(socketPath: lbd.socketPath).status().warnings
    }

    @Test func addressesFollowInterfacesThatComeGoAndAreRenamed() async throws {
      let configuration = """
        <load-balancer version="1">
          <virtual-service label="Late" address="10.99.0.1" ports="80" interface="lan1">
            <health-check type="on"/>
            <real-server label="a" address="10.99.0.2"/>
          </virtual-service>
        </load-balancer>

        """
      try await withNetwork { network in
        let director = try await network.host("director", on: try await network.segment("lan"), "192.168.1.99/24")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
        try await lbd.start()
        func isMissed() async throws {
          try await eventually("the interface is missed") {
            try await warnings(of: lbd).contains { $0.contains("there is no interface lan1") } ? true : nil
          }
        }
        func isUp(on interface: String) async throws {
          try await eventually("10.99.0.1 on \(interface)") {
            try await director.run("ip", "-brief", "address", "show", "dev", interface).contains("10.99.0.1/32")
          }
        }
        try await isMissed()
        let lan1 = ["link add lan1 type dummy", "addr add 10.99.0.254/24 dev lan1", "link set lan1 up"]
        try await network.ip(lan1, in: director)
        try await isUp(on: "lan1")

        try await director.ip("link set lan1 down", "link set lan1 name lan2", "link set lan2 up")
        try await isMissed()
        try await eventually("nothing of ours is left on lan2") {
          try await !director.run("ip", "-brief", "address", "show", "dev", "lan2").contains("10.99.0.1")
        }
        try await director.ip("link set lan2 down", "link set lan2 name lan1", "link set lan1 up")
        try await isUp(on: "lan1")
        try await director.ip("link del lan1")
        try await isMissed()
        try await network.ip(lan1, in: director)
        try await isUp(on: "lan1")
      }
    }

    @Test func aModuleThatIsLoadedLaterIsFound() async throws {
      let configuration = """
        <load-balancer version="1">
          <virtual-service label="Web" address="192.168.1.100" ports="80">
            <health-check type="on"/>
            <real-server label="a" address="192.168.1.110"/>
          </virtual-service>
        </load-balancer>

        """
      try await withNetwork { network in
        let director = try await network.host("director", on: try await network.segment("lan"), "192.168.1.99/24")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: configuration)
        try await withoutIPVS(network) {
          try await lbd.start()
          #expect(try await warnings(of: lbd).contains { $0.contains("modprobe ip_vs") })
          #expect(try await lbd.does("overview").contains("Web"))
          #expect(try await lbd.lbctl("halt", "Web", "a").exitCode == 1)
          #expect(try await lbd.lbctl("online", "Web", "a").exitCode == 1)
        }
        try await eventually("the table") {
          try await lbd.table().contains("-a -t 192.168.1.100:80 -r 192.168.1.110:80 -g -w 100")
        }
        #expect(try await director.run("ip", "address").contains("192.168.1.100/32"))
        #expect(try await warnings(of: lbd).isEmpty)
      }
    }

    /// Takes IPVS out of the kernel and lets nobody load it again until the end of the body.
    private func withoutIPVS(_ network: Network, _ body: () async throws -> Void) async throws {
      let modules = try await network.run("lsmod").split(separator: "\n")
        .compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0.hasPrefix("ip_vs") }
      let loader = try await network.run("sysctl", "-n", "kernel.modprobe")
        .trimmingCharacters(in: .whitespacesAndNewlines)
      try await network.run("sysctl", "-qw", "kernel.modprobe=/bin/false")
      let result: Result<Void, any Error>
      do {
        // Namespaces of earlier tests let go of the module a while after their end.
        try await eventually("IPVS unloaded") {
          try await network.result(of: ["rmmod"] + modules.filter { $0 != "ip_vs" } + ["ip_vs"]).exitCode == 0
            || !FileManager.default.fileExists(atPath: "/proc/net/ip_vs")
        }
        result = .success(try await body())
      } catch {
        result = .failure(error)
      }
      try await network.run("sysctl", "-qw", "kernel.modprobe=\(loader)")
      for module in ["ip_vs"] + modules { try await network.run("modprobe", module) }
      try result.get()
    }

    @Test func whoFightsIsNamedAndTheTableIsRightAfterwards() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        let lbd = cluster.lbd
        try await cluster.comesUp()
        let table = try await lbd.table()
        let fighter = try network.start(
          ["sh", "-c", "while :; do ipvsadm -d -t 192.168.1.100:80 -r 192.168.1.111 2>/dev/null; sleep 0.2; done"],
          in: lbd.host, log: "fighter")
        let client = ControlClient(socketPath: lbd.socketPath)
        try await eventually("who fights is named") { try await client.status().contested == 1 ? true : nil }
        let repairs = try await client.status().repairs
        #expect(try await warnings(of: lbd).contains { $0.contains("192.168.1.111") && $0.contains("ipvsadm") })
        let told = try await client.events(after: 0).events.filter { $0.message.contains("192.168.1.111") }
        #expect(told.contains { $0.kind == .warning } && told.filter { $0.kind == .repair }.count <= repairs)
        if Lab.isFull {
          // From the sixtieth time on mending pauses ever longer.
          try await eventually("mending slows", within: .seconds(600)) {
            try await client.status().repairs >= 66 ? true : nil
          }
        }
        try await fighter.kill9()
        try await eventually("the table is right", within: .seconds(300)) { try await lbd.table() == table }
        try await eventually("nobody fights any more", within: .seconds(600)) {
          try await client.status().contested == 0 ? true : nil
        }
      }
    }

    @Test func aFullDiskStopsNothing() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        let lbd = cluster.lbd
        try await network.run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", lbd.stateDirectory)
        defer { unsafe _ = umount2(lbd.stateDirectory, Int32(MNT_DETACH)) }
        try await cluster.comesUp()
        let fill = lbd.stateDirectory + "/fill"
        _ = try await network.result(of: ["dd", "if=/dev/zero", "of=\(fill)", "bs=4k"])

        try await lbd.does("halt", "HTTP-Cluster", "rip2")
        #expect(try await !lbd.table().contains { $0.contains("192.168.1.111") })
        #expect(try await warnings(of: lbd).contains { $0.contains("state file cannot be written") })
        try await lbd.runs(WebCluster.configuration(weights: [7, 100, 100]))
        #expect(try await lbd.table().contains { $0.hasSuffix("-w 7") })

        try FileManager.default.removeItem(atPath: fill)
        try await eventually("the state is written") {
          try await !warnings(of: lbd).contains { $0.contains("state file") }
        }
        try await lbd.kill9()
        try await lbd.start()
        #expect(try await lbd.overview().service("HTTP-Cluster")?.server("rip2")?.state == "halt")
      }
    }

    @Test func anUnconfirmedReloadGoesBackAfterACrashToo() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        let lbd = cluster.lbd
        try await cluster.comesUp()
        let table = try await lbd.table()
        try WebCluster.configuration(weights: [7, 100, 100])
          .write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)
        try await lbd.does("config", "reload", "--confirm-within", "3600")
        #expect(try await lbd.table() != table)
        try await lbd.kill9()
        try await lbd.start()
        try await eventually("the configuration of before") { try await lbd.table() == table }
        #expect(
          try String(contentsOfFile: lbd.configurationPath, encoding: .utf8) == WebCluster.configuration())
      }
    }

    /// After a reboot the kernel holds nothing, and the files are broken.
    @Test func theLastGoodConfigurationServesAfterAReboot() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        let lbd = cluster.lbd
        try await cluster.comesUp()
        try await lbd.does("halt", "HTTP-Cluster", "rip2")
        let table = try await lbd.table()
        try await lbd.kill9()
        let state = lbd.stateDirectory + "/state.json"
        let text = try String(contentsOfFile: state, encoding: .utf8)
        let earlier = text.replacing(#/"bootID"\s*:\s*"[^"]*"/#, with: #""bootID":"an earlier boot""#)
        #expect(earlier != text)
        try earlier.write(toFile: state, atomically: true, encoding: .utf8)
        try await lbd.host.run("ipvsadm", "-C")
        try await lbd.host.ip("addr del \(WebCluster.address)/32 dev eth0")
        try "<load-balancer>".write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)

        try await lbd.start()
        try await eventually("the table of before") { try await lbd.table() == table }
        #expect(try await lbd.host.run("ip", "address").contains(WebCluster.address))
        #expect(try await lbd.does("status").contains("history"))
      }
    }
  }
}
