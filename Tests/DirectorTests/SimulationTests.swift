import Foundation
import Simulation
import Testing

/// The Director's course in a random world; `Simulator --seed N --steps N` shows a broken promise again.
@Suite(.serialized, .timeLimit(.minutes(20))) struct SimulationTests {
  private static let steps = ProcessInfo.processInfo.environment["LBD_FULL"] == "1" ? 200_000 : 2_000

  @Test(arguments: [1, 2, 5, 6, 8, 11, 12, 34, 45]) func promisesAreKept(seed: UInt64) throws {
    try Simulation.run(seed: seed, steps: Self.steps)
  }

  @Test func promisesAreKeptWithAnySeed() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("Simulator --seed \(seed)")
    try Simulation.run(seed: seed, steps: Self.steps)
  }
}
