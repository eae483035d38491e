import LoadBalancing
import Testing

@testable import Director

@Suite struct ServerStateTests {
  struct Row: Sendable {
    let operatorState: OperatorState
    let health: Health
    let onFailure: VirtualService.FailureAction
    let weight: Int?
  }

  @Test(
    "the weight in the kernel follows the operator's word and health",
    arguments: [
      Row(operatorState: .online, health: .up, onFailure: .remove, weight: 100),
      Row(operatorState: .online, health: .unchecked, onFailure: .remove, weight: 100),
      Row(operatorState: .online, health: .unknown, onFailure: .remove, weight: nil),
      Row(operatorState: .online, health: .down, onFailure: .remove, weight: nil),
      Row(operatorState: .online, health: .down, onFailure: .quiesce, weight: 0),
      Row(operatorState: .drain, health: .up, onFailure: .remove, weight: 0),
      Row(operatorState: .drain, health: .down, onFailure: .remove, weight: nil),
      Row(operatorState: .halt, health: .up, onFailure: .remove, weight: nil),
      Row(operatorState: .halt, health: .down, onFailure: .quiesce, weight: nil),
    ])
  func effectiveWeight(row: Row) {
    let state = ServerState(
      server: Samples.romexis.realServers[0], operatorState: row.operatorState, health: row.health)
    #expect(state.effectiveWeight(onFailure: row.onFailure) == row.weight)
  }

  @Test("a server's own share scales its weight and never rounds it to a drain", arguments: [(50, 50), (1, 1), (0, 0)])
  func share(share: Int, weight: Int) {
    var server = Samples.romexis.realServers[0]
    let state = ServerState(server: server, operatorState: .online, health: .up, share: share)
    #expect(state.effectiveWeight(onFailure: .remove) == weight)
    server.weight = 1
    let light = ServerState(server: server, operatorState: .online, health: .up, share: 50)
    #expect(light.effectiveWeight(onFailure: .remove) == 1)
  }

  @Test(
    "all checks must pass",
    arguments: [
      ([Health](), Health.unchecked), ([.unchecked], .unchecked), ([.up], .up), ([.up, .unchecked], .up),
      ([.up, .unknown], .unknown), ([.unknown, .down], .down), ([.down, .up], .down), ([.unchecked, .down], .down),
    ])
  func combinedHealth(checks: [Health], expected: Health) {
    #expect(Health(all: checks) == expected)
    #expect(Health(all: checks.reversed()) == expected)
  }
}
