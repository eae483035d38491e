import ControlAPI
import Foundation
import Synchronization
import TestSupport
import Testing

extension InTheLab {
  /// All that may happen, at random and all the time.
  @Suite struct ChaosTests {
    @Test func chaosLeavesNothingBehind() async throws {
      let seed = UInt64.random(in: 0 ... .max)
      var random = SplitMix64(state: seed)
      let length = Duration.seconds(Lab.isFull ? 600 : 30)
      try await withNetwork { network in
        let traffic = try await Traffic(network, held: 10)
        let abuse = Task { [path = traffic.lbd.socketPath] in await Self.abuse(path, seed: seed) }
        defer { abuse.cancel() }
        let began = ContinuousClock.now
        var stopped: Set<String> = []
        var warm: Footprint?
        var steps = 0
        while began.duration(to: .now) < length {
          steps += 1
          try await step(on: traffic, stopped: &stopped, &random)
          if warm == nil, began.duration(to: .now) > length / 5 { warm = try traffic.lbd.footprint() }
          try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500, using: &random)))
        }

        abuse.cancel()
        let abused = await abuse.value
        for label in stopped { try await traffic.cluster.start(label) }
        let client = ControlClient(socketPath: traffic.lbd.socketPath)
        for (service, server) in Self.servers {
          _ = try await client.setState(.online, of: .one(service: service, server: server))
        }
        try await traffic.lbd.runs(Traffic.configuration())
        try await traffic.lbd.becomesGreen()
        try await eventually("the table is as it was, seed \(seed)") {
          try await traffic.heldNow() == traffic.held
        }
        let cold = try traffic.lbd.footprint()
        let losses = try await traffic.end()
        let first = try #require(warm)
        print(
          "\(steps) steps of chaos and \(abused) malformed requests, seed \(seed): \(first), \(cold) at the end; \(losses)"
        )
        // Checks and clients that are there at this moment have a descriptor each.
        #expect(cold.descriptors <= first.descriptors + 10, "seed \(seed)")
        #expect(cold.kibibytes <= first.kibibytes + 16 * 1024, "seed \(seed)")
      }
    }

    /// Asks nonsense until it is cancelled, a bounded number a second; how much it was.
    private static func abuse(_ path: String, seed: UInt64) async -> Int {
      let random = Mutex(SplitMix64(state: seed))
      var count = 0
      while !Task.isCancelled {
        await onThread { RawClient(path)?.ask(random.withLock { MalformedRequest.bytes(&$0) }) }
        count += 1
        try? await Task.sleep(for: .milliseconds(50))
      }
      return count
    }

    private static let servers =
      WebCluster.labels.map { ("HTTP-Cluster", $0) } + [("Archive", "archive1"), ("Archive", "archive2")]

    private func step(on traffic: Traffic, stopped: inout Set<String>, _ random: inout SplitMix64) async throws {
      let client = ControlClient(socketPath: traffic.lbd.socketPath)
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<4:
        let (service, server) = Self.servers.randomElement(using: &random) ?? ("", "")
        let state = [ServerState.online, .drain, .halt].randomElement(using: &random) ?? .online
        _ = try? await client.setState(state, of: .one(service: service, server: server))
      case 4..<6:
        let weights = (0..<3).map { _ in Int.random(in: 0...100, using: &random) }
        try Traffic.configuration(weights: weights).write(
          toFile: traffic.lbd.configurationPath, atomically: true, encoding: .utf8)
        _ = try? await client.reloadConfiguration()
      case 6..<9: try await Damage.all.randomElement(using: &random)?.mayHappen(to: traffic.lbd.host)
      case 9:
        let label = WebCluster.labels.randomElement(using: &random) ?? ""
        if stopped.remove(label) != nil {
          try await traffic.cluster.start(label)
        } else {
          stopped.insert(label)
          try await traffic.cluster.kill(label)
        }
      case 10: _ = try? await client.connections()
      default: _ = try? await client.events(after: 0)
      }
    }
  }
}
