import ControlAPI
import TestSupport
import Testing

extension InTheLab {
  /// Whatever happens to lbd, the traffic goes on.
  @Suite struct EnduranceTests {
    @Test func killedAtRandomMoments() async throws {
      let seed = UInt64.random(in: 0 ... .max)
      var random = SplitMix64(state: seed)
      try await withNetwork { network in
        let traffic = try await Traffic(network)
        for round in 1...(Lab.isFull ? 100 : 5) {
          try await Task.sleep(for: .milliseconds(Int.random(in: 0..<1000, using: &random)))
          try await traffic.lbd.kill9()
          if round.isMultiple(of: 2) {
            // In the middle of its start.
            _ = try traffic.lbd.launch()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<1000, using: &random)))
            try await traffic.lbd.kill9()
          }
          try await traffic.lbd.start()
          let held = try await traffic.heldNow()
          #expect(held == traffic.held, "seed \(seed), round \(round)")
        }
        try await traffic.goesOn()
        let losses = try await traffic.end()
        print("killed at random moments, seed \(seed): \(losses)")
        #expect(losses.failed == 0 && losses.ended == 0)
      }
    }

    @Test func reloadedAgainAndAgain() async throws {
      func elsewhere(_ weight: Int) -> String {
        """
        <load-balancer>
          <virtual-service label="Elsewhere" address="192.168.1.102" ports="80">
            <health-check type="on"/>
            <real-server label="rip3" address="192.168.1.112" weight="\(weight)"/>
          </virtual-service>
        </load-balancer>

        """
      }
      try await withNetwork { network in
        let traffic = try await Traffic(network)
        let client = ControlClient(socketPath: traffic.lbd.socketPath)
        try traffic.lbd.write(elsewhere(1), asDropIn: "50-elsewhere.xml")
        let count = Lab.isFull ? 1000 : 30
        for round in 1...count {
          if round.isMultiple(of: 2) { try traffic.lbd.write(elsewhere(round), asDropIn: "50-elsewhere.xml") }
          _ = try await client.reloadConfiguration()
        }
        #expect(try await traffic.lbd.table().contains { $0.hasSuffix("-w \(count)") })
        try await traffic.goesOn()
        let losses = try await traffic.end()
        print("\(count) reloads: \(losses)")
        #expect(losses.failed == 0 && losses.ended == 0)
        #expect(try await client.status().repairs == 0)
      }
    }
  }
}
