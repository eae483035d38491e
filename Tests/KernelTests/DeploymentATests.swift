import Testing

extension InTheLab {
  /// Dental imaging: direct routing, one active server, a fallback, a list and a range of ports.
  @Suite struct DeploymentATests {
    private let range = "49999,50000,55555,60000,60001"
    private let ports: Set<UInt16> = [104, 1099, 2099, 50000, 55555, 60000]
    private let portList = "104,1099,2099,50000,55555,60000"

    @Test func comesUpAsTypedAndEveryPortReachesTheOneServer() async throws {
      try await withNetwork { network in
        let deployment = try await DeploymentA(network, configuration: DeploymentA.asTyped, range: range)
        try await deployment.comesUp()

        let overview = try await deployment.lbd.overview()
        let service = try #require(overview.service("RomexisVIP"))
        #expect(service.ports == "104,1099,2099,50000-60000")
        #expect(service.server("RomexisServer1")?.status == "green")
        #expect(service.server("RomexisServer1")?.health == "up")
        #expect(service.fallback?.active == false)

        #expect(try await deployment.answers(on: portList) == [DeploymentA.active: ports])
        // Ports beside the range don't get through, although the server listens on them.
        let beside = try await deployment.answers(on: "49999,60001", timeout: 3)
        #expect(beside[DeploymentA.active] == nil && beside[DeploymentA.spare] == nil, "\(beside)")
      }
    }

    @Test func serverSeesTheClientsAddress() async throws {
      try await withNetwork { network in
        let deployment = try await DeploymentA(network, configuration: DeploymentA.asTyped, range: range)
        try await deployment.comesUp()
        let near = try await network.connect(
          from: deployment.client, DeploymentA.client, to: DeploymentA.address, ports: portList)
        #expect(near.map(\.client) == Array(repeating: DeploymentA.client, count: ports.count), "\(near)")
        let far = try await network.connect(
          from: deployment.crowd, "10.20.0.1-10.20.0.20", to: DeploymentA.address, ports: "104,55555", count: 40)
        #expect(far.allSatisfy { $0.client == $0.from && $0.server == DeploymentA.active }, "\(far)")
      }
    }

    @Test func haltMovesEveryPortToTheFallbackAndEndsWhatIsOpen() async throws {
      try await withNetwork { network in
        let deployment = try await DeploymentA(network, configuration: DeploymentA.asTyped, range: range)
        try await deployment.comesUp()
        let open = try ConnectionStream(
          network, on: deployment.client, from: DeploymentA.client, to: DeploymentA.address, ports: "104,55555",
          rate: 0,
          held: 4)
        try await open.reaches("four connections to the active server") {
          $0.held == [DeploymentA.active: 4] && $0.roundTrips >= 4
        }

        try await deployment.lbd.does("halt", "RomexisVIP", "RomexisServer1")
        let halted = try await deployment.lbd.overview()
        #expect(halted.service("RomexisVIP")?.status == "blue")
        #expect(halted.service("RomexisVIP")?.server("RomexisServer1")?.state == "halt")
        #expect(try await deployment.answers(on: portList) == [DeploymentA.spare: ports])
        try await open.reaches("the end of the open connections") { $0.held.isEmpty }
        #expect(open.ended.allSatisfy { $0.how == "reset" }, "\(open.ended)")

        try await deployment.lbd.does("online", "RomexisVIP", "RomexisServer1")
        try await deployment.fallback(isActive: false)
        #expect(try await deployment.answers(on: portList) == [DeploymentA.active: ports])
        #expect(try await open.end().failures == 0)
      }
    }

    @Test func drainKeepsWhatIsOpenAndSendsNewClientsToTheFallback() async throws {
      try await withNetwork { network in
        let deployment = try await DeploymentA(network, configuration: DeploymentA.asTyped, range: range)
        try await deployment.comesUp()
        let open = try ConnectionStream(
          network, on: deployment.crowd, from: "10.20.0.1", to: DeploymentA.address, ports: "104,55555", rate: 0,
          held: 4)
        try await open.reaches("four connections to the active server") { $0.held == [DeploymentA.active: 4] }

        try await deployment.lbd.does("drain", "RomexisVIP", "RomexisServer1")
        let drained = try await deployment.lbd.overview()
        #expect(drained.service("RomexisVIP")?.server("RomexisServer1")?.state == "drain")
        #expect(drained.service("RomexisVIP")?.server("RomexisServer1")?.effectiveWeight == 0)
        #expect(try await deployment.answers(on: portList) == [DeploymentA.spare: ports])
        try await open.goesOn(for: 0)
        let before = try await open.reaches("a report") { _ in true }
        try await open.reaches("many lines more on the drained server") { $0.roundTrips >= before.roundTrips + 40 }
        #expect(open.state?.held == [DeploymentA.active: 4])

        try await deployment.lbd.does("online", "RomexisVIP", "RomexisServer1")
        try await deployment.fallback(isActive: false)
        #expect(try await deployment.answers(on: portList) == [DeploymentA.active: ports])
        #expect(try await open.end().held == [DeploymentA.active: 4])
      }
    }

    @Test func deadProcessMovesClientsToTheFallbackUntilItIsBack() async throws {
      try await withNetwork { network in
        let configuration = DeploymentA.configuration(check: #"<health-check type="connect" port="1099"/>"#)
        let deployment = try await DeploymentA(network, configuration: configuration, range: range)
        try await deployment.comesUp()
        try await deployment.killBroker()
        try await deployment.fallback(isActive: true)
        #expect(try await deployment.lbd.overview().service("RomexisVIP")?.status == "red")
        #expect(try await deployment.answers(on: portList) == [DeploymentA.spare: ports])

        try await deployment.startBroker()
        try await deployment.fallback(isActive: false)
        #expect(try await deployment.lbd.overview().service("RomexisVIP")?.status == "green")
        #expect(try await deployment.answers(on: portList) == [DeploymentA.active: ports])
      }
    }
  }
}
