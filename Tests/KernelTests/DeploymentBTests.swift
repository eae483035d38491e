import Foundation
import Testing

extension InTheLab {
  /// Document workflow and print servers: two virtual services on one address, checked by a port that is not theirs.
  @Suite struct DeploymentBTests {
    private static func configuration(forwarding: String) -> String {
      """
      <load-balancer version="1">
        <global>
          <health-check interval="1" timeout="3"/>
        </global>
        <virtual-service label="PrintServers" address="192.168.81.10" ports="445" forwarding="\(forwarding)">
          <persistence/>
          <health-check type="connect"/>
          <real-server label="PS1" address="192.168.81.184"/>
          <real-server label="PS2" address="192.168.81.185"/>
        </virtual-service>
        <virtual-service label="Dispatcher" address="192.168.81.10" ports="25,53,80,443,465,587"
                         forwarding="\(forwarding)">
          <persistence/>
          <health-check type="connect" port="445"/>
          <real-server label="PHOENIX1" address="192.168.81.184"/>
          <real-server label="PHOENIX2" address="192.168.81.185"/>
        </virtual-service>
      </load-balancer>

      """
    }

    @Test("one check takes a server out of both", arguments: ["dr", "snat"])
    func sharedCheck(forwarding: String) async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.81.2/24")
        let client = try await network.host("client", on: lan, "192.168.81.50/24")
        var shares: [RunningProgram] = []
        for (index, name) in ["one", "two"].enumerated() {
          let host = try await network.host(name, on: lan, "192.168.81.\(184 + index)/24")
          if forwarding == "dr" { try await host.accept("192.168.81.10") }
          shares.append(try await network.serve(name, on: host, ports: "445"))
          _ = try await network.serve(name, on: host, ports: "25,53,80,443,465,587")
        }
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: Self.configuration(forwarding: forwarding))
        try await lbd.start()
        try await lbd.shows("both green") { $0.services.allSatisfy { $0.status == "green" } }

        try await shares[0].kill9()
        try await lbd.shows("PHOENIX1 and PS1 red") { overview in
          overview.service("PrintServers")?.server("PS1")?.status == "red"
            && overview.service("Dispatcher")?.server("PHOENIX1")?.status == "red"
        }
        let answers = try await network.connect(
          from: client, "192.168.81.50", to: "192.168.81.10", ports: "445,25,80,587")
        #expect(Set(answers.map(\.server)) == ["two"], "\(answers)")

        // One of two services on an address goes; the address stays with the other.
        try Self.configuration(forwarding: forwarding).replacing(
          "label=\"PrintServers\"", with: "label=\"PrintServers\" enabled=\"no\""
        )
        .write(toFile: lbd.configurationPath, atomically: true, encoding: .utf8)
        try await lbd.does("config", "reload")
        let after = try await network.connect(
          from: client, "192.168.81.50", to: "192.168.81.10", ports: "80,445", timeout: 5)
        #expect(after.sorted { $0.port < $1.port }.map(\.server) == ["two", nil], "\(after)")
      }
    }

    /// The proof is a file share listed through the virtual address, of the same servers behind both.
    @Test func fileSharesAreListedThroughDirectRoutingAndSNAT() async throws {
      let addresses = ["dr": "192.168.81.10", "snat": "192.168.81.11"]
      let services = addresses.map { forwarding, address in
        """
          <virtual-service label="PrintServers-\(forwarding)" address="\(address)" ports="445" forwarding="\(forwarding)">
            <persistence/>
            <real-server label="PS1" address="192.168.81.184"/>
            <real-server label="PS2" address="192.168.81.185"/>
          </virtual-service>

        """
      }
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let director = try await network.host("director", on: lan, "192.168.81.2/24")
        let client = try await network.host("client", on: lan, "192.168.81.50/24")
        for (index, name) in ["PS1", "PS2"].enumerated() {
          let host = try await network.host(name, on: lan, "192.168.81.\(184 + index)/24")
          try await host.accept("192.168.81.10")
          try Samba(network, on: host).start("smbd")
        }
        let lbd = try LoadBalancerProgram(
          network, on: director, configuration: "<load-balancer>\n\(services.joined())</load-balancer>\n")
        try await lbd.start()
        try await lbd.becomesGreen()
        try await lbd.does("halt", "--everywhere", "PS1")
        for (forwarding, address) in addresses {
          try await eventually("the other's share is listed through \(forwarding)") {
            try await network.shares(from: client, at: address) == ["PS2"]
          }
        }
      }
    }
  }
}
