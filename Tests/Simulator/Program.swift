import Glibc
import Simulation

/// `Simulator [--seed N] [--steps N]`: runs the Director's course in a random world; without a seed, with a random one.
@main struct Program {
  static func main() {
    var seed = UInt64.random(in: 0 ... .max)
    var steps = 1_000_000
    var words = CommandLine.arguments.dropFirst()
    while let word = words.popFirst() {
      switch (word, words.popFirst().flatMap { UInt64($0) }) {
      case ("--seed", let value?): seed = value
      case ("--steps", let value?): steps = Int(clamping: value)
      default:
        print("usage: Simulator [--seed N] [--steps N]")
        exit(64)
      }
    }
    print("seed \(seed)")
    let began = ContinuousClock.now
    do {
      let report = try Simulation.run(seed: seed, steps: steps)
      let time = ContinuousClock.now - began
      print("\(report) in \(time); all promises kept")
    } catch {
      print("\(error)")
      exit(1)
    }
  }
}
