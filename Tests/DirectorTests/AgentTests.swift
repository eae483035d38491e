import HealthChecks
import LoadBalancing
import Testing

@testable import Director

@Suite(.timeLimit(.minutes(5))) struct AgentTests {
  private let iis1 = Samples.address("192.168.1.110")

  private var web: LoadBalancer { web([.connect(.automatic), .agent(send: [], port: nil)]) }

  private func web(_ kinds: [HealthCheck.Kind], interval: Duration = .seconds(1)) -> LoadBalancer {
    var service = Samples.web
    service.fallback = FallbackServer(address: Samples.address("192.168.1.119"))
    service.healthChecks = kinds.map { HealthCheck($0, timing: CheckTiming(interval: interval, failures: 1)) }
    return LoadBalancer(virtualServices: [service])
  }

  private func line(_ servers: String) -> [String] { ["TCP 192.168.1.100:80 wlc: " + servers] }

  private func shows(_ servers: String, _ harness: DirectorHarness) async throws {
    do {
      try await harness.advance { try await harness.kernel.tableLines() == line(servers) }
    } catch {
      Issue.record("\(servers) never came, there is \(try await harness.kernel.tableLines())")
      throw error
    }
  }

  @Test func theWeightFollowsTheAgent() async throws {
    let harness = try DirectorHarness(web)
    try await harness.running {
      try await shows("192.168.1.110:80 100, 192.168.1.111:80 100", harness)
      harness.prober.set(agentOf: iis1, says: AgentStatement(share: 50))
      try await shows("192.168.1.110:80 50, 192.168.1.111:80 100", harness)
      #expect(await harness.messages().contains("up: the agent says it") == false)
      #expect(await harness.messages().contains("weight 50: the agent says it"))

      harness.prober.set(agentOf: iis1, says: AgentStatement(admission: .drain))
      try await shows("192.168.1.110:80 0, 192.168.1.111:80 100", harness)
      harness.prober.set(Samples.address("192.168.1.111"), isUp: false)
      try await shows("192.168.1.110:80 0, 192.168.1.119:80 1", harness)

      harness.prober.set(agentOf: iis1, says: AgentStatement(share: 80, admission: .maintenance))
      try await shows("192.168.1.119:80 1", harness)
      harness.prober.set(agentOf: iis1, says: AgentStatement(admission: .ready))
      try await shows("192.168.1.110:80 80", harness)
      harness.prober.set(agentOf: iis1, says: AgentStatement(isDown: true))
      try await shows("192.168.1.119:80 1", harness)
    }
  }

  @Test func aMissingAgentChangesNothing() async throws {
    let harness = try DirectorHarness(web)
    harness.prober.set(agentOf: iis1, says: AgentStatement(share: 50))
    try await harness.running {
      try await shows("192.168.1.110:80 50, 192.168.1.111:80 100", harness)
      harness.prober.set(agentOf: iis1, says: nil)
      try await harness.advance {
        await harness.monitor.reports().contains { $0.target.server == iis1 && $0.lastResult?.message == "silence" }
      }
      #expect(try await harness.kernel.tableLines() == line("192.168.1.110:80 50, 192.168.1.111:80 100"))
      #expect(await harness.director.overview()[0].servers[0].state.health == .up)
    }
  }

  @Test func aRestartKeepsTheShareUntilTheAgentSpeaks() async throws {
    let first = try DirectorHarness(web)
    first.prober.set(agentOf: iis1, says: AgentStatement(share: 55))
    try await first.running { try await shows("192.168.1.110:80 55, 192.168.1.111:80 100", first) }
    let saved = try #require(await first.store.saved)
    await first.kernel.forgetChanges()
    let second = try DirectorHarness(web, saved: saved, kernel: first.kernel)
    try await second.running {
      await second.director.settle(look: .everything)
      #expect(await second.kernel.changes.isEmpty)
    }
  }

  private static let refusals = [
    AgentStatement(admission: .drain), AgentStatement(admission: .maintenance), AgentStatement(isDown: true),
  ]

  /// What the table holds while the agent of the first server says this.
  private func servers(_ refusal: AgentStatement) -> String {
    (refusal.admission == .drain ? "192.168.1.110:80 0, " : "") + "192.168.1.111:80 100"
  }

  /// Waits until the first server's agent has been asked so often.
  private func asked(_ harness: DirectorHarness, times: Int, every interval: Duration = .seconds(1)) async throws {
    try await harness.advance {
      await harness.monitor.checkWork.counts.contains { target, counts in
        target.isAgent && target.server == iis1 && target.timing.interval == interval
          && counts.passed + counts.inconclusive >= times
      }
    }
  }

  @Test(arguments: refusals) func itsWordHoldsOverAnEditOfItsCheck(refusal: AgentStatement) async throws {
    let harness = try DirectorHarness(web)
    try await harness.running {
      try await shows("192.168.1.110:80 100, 192.168.1.111:80 100", harness)
      harness.prober.set(agentOf: iis1, says: refusal)
      try await shows(servers(refusal), harness)
      await harness.kernel.forgetChanges()
      harness.prober.set(agentOf: iis1, says: AgentStatement(share: 75))
      try await harness.director.apply(
        web([.connect(.automatic), .agent(send: [], port: nil)], interval: .seconds(2)), reason: "test")
      try await asked(harness, times: 2, every: .seconds(2))
      #expect(await harness.kernel.changes.isEmpty)
      harness.prober.set(agentOf: iis1, says: AgentStatement(admission: .ready, isDown: false))
      try await shows("192.168.1.110:80 75, 192.168.1.111:80 100", harness)
    }
  }

  @Test(arguments: refusals) func itsWordHoldsOverARestart(refusal: AgentStatement) async throws {
    let alone = web([.agent(send: [], port: nil)])
    let first = try DirectorHarness(alone)
    try await first.running {
      first.prober.set(agentOf: iis1, says: refusal)
      try await shows(servers(refusal), first)
      await first.director.settle()
    }
    await first.kernel.forgetChanges()
    let second = try DirectorHarness(alone, saved: try #require(await first.store.saved), kernel: first.kernel)
    try await second.running {
      try await asked(second, times: 2)
      #expect(await second.kernel.changes.isEmpty, "nor does an agent that is missing change anything")
      second.prober.set(agentOf: iis1, says: AgentStatement(share: 75))
      try await asked(second, times: 5)
      #expect(await second.kernel.changes.isEmpty)
      second.prober.set(agentOf: iis1, says: AgentStatement(admission: .ready, isDown: false))
      try await shows("192.168.1.110:80 75, 192.168.1.111:80 100", second)
      await second.director.settle()
      #expect(await second.store.saved?.agents == [:], "nothing is left to remember")
    }
  }

  @Test func eachAgentsWordGoesToItsOwnCheck() {
    func agents(on ports: [UInt16], every seconds: Int) -> LoadBalancer {
      web(ports.map { .agent(send: [], port: $0) }, interval: .seconds(seconds))
    }
    var model = Model(configuration: agents(on: [1, 2], every: 1), saved: SavedState())
    let word = AgentReport(share: 75, admission: .maintenance)
    let words = Dictionary(
      uniqueKeysWithValues: model.targets.filter { $0.server == iis1 && $0.probe == .agent(send: [], port: 1) }
        .map { ($0, word) })
    model.note(words)
    _ = model.note(words.mapValues(\.health))
    func heard() -> [CheckTarget.Probe: AgentReport] {
      Dictionary(uniqueKeysWithValues: model.agentReports.map { ($0.key.probe, $0.value) })
    }
    #expect(heard() == [.agent(send: [], port: 1): word])
    model.configure(agents(on: [2, 1], every: 2))
    #expect(heard() == [.agent(send: [], port: 1): word])
    #expect(model.saved.agents == ["HTTP-Cluster": ["IIS1": [nil, word]]])
    model.configure(agents(on: [2, 3], every: 2))
    #expect(heard() == [.agent(send: [], port: 3): word], "who has another port is the agent that it was")
    model.configure(agents(on: [4, 2, 3], every: 2))
    #expect(heard() == [.agent(send: [], port: 3): word], "one that is added has said nothing")
    model.configure(agents(on: [4, 2], every: 2))
    #expect(heard().isEmpty)
  }
}
