import HealthChecks
import LoadBalancing
import Testing

@testable import Director

@Suite(.timeLimit(.minutes(5))) struct AgentTests {
  private let iis1 = Samples.address("192.168.1.110")

  private var web: LoadBalancer {
    var service = Samples.web
    service.fallback = FallbackServer(address: Samples.address("192.168.1.119"))
    let timing = CheckTiming(interval: .seconds(1), failures: 1)
    service.healthChecks = [
      HealthCheck(.connect(.automatic), timing: timing), HealthCheck(.agent(send: [], port: nil), timing: timing),
    ]
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
}
