import Testing

extension InTheLab {
  /// An application that allows one active server never has clients on two.
  @Suite struct CrowdTests {
    /// 2,000 clients with two connections each: through kill, halt and a cut cable none is ever live on both servers,
    /// and a client's two are never apart.
    @Test func everyConnectionMovesWithTheActiveServer() async throws {
      try await withNetwork { network in
        let configuration = DeploymentA.configuration(
          check: #"<health-check type="connect" port="1099"/>"#, timeout: 10)
        let deployment = try await DeploymentA(network, configuration: configuration, range: "50000-60000")
        try await deployment.comesUp()
        let crowd = try Crowd(
          network, on: deployment.crowd, clients: DeploymentA.crowd, to: DeploymentA.address, ports: "104",
          also: "50000-60000", interval: 15)
        try await crowd.settles(on: DeploymentA.active)

        try await deployment.killBroker()
        try await crowd.settles(on: DeploymentA.spare)
        try await deployment.startBroker()
        try await crowd.settles(on: DeploymentA.active)

        try await deployment.lbd.does("halt", "RomexisVIP", "RomexisServer1")
        try await crowd.settles(on: DeploymentA.spare)
        try await deployment.lbd.does("online", "RomexisVIP", "RomexisServer1")
        try await crowd.settles(on: DeploymentA.active)

        try await network.setLink(of: deployment.server, isUp: false)
        try await crowd.settles(on: DeploymentA.spare)
        try await network.setLink(of: deployment.server, isUp: true)
        try await crowd.settles(on: DeploymentA.active)

        try await crowd.end()
        let (active, spare) = (DeploymentA.active, DeploymentA.spare)
        let switches = crowd.switches
        #expect(switches.map(\.server) == [active, spare, active, spare, active, spare, active], "\(switches)")
      }
    }
  }
}
