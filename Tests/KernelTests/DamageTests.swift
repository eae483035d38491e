import ControlAPI
import Testing

extension InTheLab {
  /// Whatever happens to the kernel's tables, lbd puts it right.
  @Suite struct DamageTests {
    @Test func whateverOthersChangeIsPutRight() async throws {
      try await withNetwork { network in
        let traffic = try await Traffic(network)
        let client = ControlClient(socketPath: traffic.lbd.socketPath)
        // What others made is none of lbd's business.
        try await traffic.lbd.host.run("ipvsadm", "-A", "-t", "172.16.0.1:80", "-s", "rr")
        var slowest = Duration.zero
        for round in 1...(Lab.isFull ? 20 : 1) {
          for damage in Damage.all {
            let before = try await client.status().repairs
            try await damage.happen(to: traffic.lbd.host)
            let began = ContinuousClock.now
            try await eventually("\(damage.name) is noticed", every: .milliseconds(20)) {
              try await client.status().repairs > before ? true : nil
            }
            slowest = max(slowest, began.duration(to: .now))
            let expected = traffic.held + (damage.takesForeignServices ? [] : ["-A -t 172.16.0.1:80 -s rr"])
            try await eventually("all is right after \(damage.name), round \(round)") {
              try await Set(traffic.heldNow()) == Set(expected)
            }
            if damage.takesForeignServices {
              try await traffic.lbd.host.run("ipvsadm", "-A", "-t", "172.16.0.1:80", "-s", "rr")
            }
          }
        }
        try await traffic.goesOn()
        let losses = try await traffic.end()
        print("what others changed was mended \(slowest) after it at the latest; \(losses)")
      }
    }
  }
}
