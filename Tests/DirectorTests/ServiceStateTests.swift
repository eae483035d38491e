import LoadBalancing
import Testing

@testable import Director

@Suite struct ServiceStateTests {
  struct Row: Sendable {
    let servers: [(OperatorState, Health)]
    let fallbackServes: Bool
    let color: StateColor
  }

  @Test(
    "the fallback serves when no server can, and not while one is awaited",
    arguments: [
      Row(servers: [(.online, .up)], fallbackServes: false, color: .green),
      Row(servers: [(.online, .unchecked)], fallbackServes: false, color: .green),
      Row(servers: [(.online, .unknown)], fallbackServes: false, color: .yellow),
      Row(servers: [(.online, .down)], fallbackServes: true, color: .red),
      Row(servers: [(.halt, .up)], fallbackServes: true, color: .blue),
      Row(servers: [(.halt, .unknown)], fallbackServes: true, color: .blue),
      Row(servers: [(.drain, .up)], fallbackServes: true, color: .blue),
    ])
  func oneServer(row: Row) {
    let state = Samples.state(Samples.romexis, row.servers)
    #expect(state.fallbackServes == row.fallbackServes)
    #expect(state.color == row.color)
  }

  @Test(
    "the colour of a service counts the servers that are meant to serve",
    arguments: [
      Row(servers: [(.online, .up), (.online, .up)], fallbackServes: false, color: .green),
      Row(servers: [(.online, .up), (.online, .down)], fallbackServes: false, color: .yellow),
      Row(servers: [(.online, .up), (.online, .unknown)], fallbackServes: false, color: .yellow),
      Row(servers: [(.online, .down), (.online, .down)], fallbackServes: false, color: .red),
      Row(servers: [(.online, .down), (.online, .unknown)], fallbackServes: false, color: .yellow),
      Row(servers: [(.online, .up), (.halt, .down)], fallbackServes: false, color: .green),
      Row(servers: [(.online, .down), (.drain, .up)], fallbackServes: false, color: .red),
      Row(servers: [(.halt, .up), (.drain, .up)], fallbackServes: false, color: .blue),
    ])
  func twoServers(row: Row) {
    let state = Samples.state(Samples.web, row.servers)
    #expect(state.color == row.color)
    #expect(!state.fallbackServes, "it has no fallback")
  }

  @Test func weightZeroCountsAsTakenOut() {
    var service = Samples.romexis
    service.realServers[0].weight = 0
    let state = Samples.state(service, [(.online, .up)])
    #expect(state.color == .blue)
    #expect(state.servers[0].color == .blue)
    #expect(state.fallbackServes)
  }

  @Test func disabledAndEmptyServicesAreBlue() {
    var disabled = Samples.romexis
    disabled.enabled = false
    #expect(Samples.state(disabled, [(.online, .up)]).color == .blue)
    #expect(!Samples.state(disabled, [(.halt, .up)]).fallbackServes)
    var empty = Samples.romexis
    empty.realServers = []
    #expect(Samples.state(empty, []).color == .blue)
    #expect(Samples.state(empty, []).fallbackServes)
  }
}
