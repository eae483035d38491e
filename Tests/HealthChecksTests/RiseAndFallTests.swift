import LoadBalancing
import Testing

@testable import HealthChecks

@Suite struct RiseAndFallTests {
  /// Results (`+` passed, `-` failed) and the state after each (`u`p, `d`own, `?`).
  struct Case: CustomTestStringConvertible, Sendable {
    let failures: Int
    let successes: Int
    let initially: Health
    let results: String
    let states: String
    var testDescription: String { "\(initially) \(results) at \(failures)/\(successes)" }

    init(_ failures: Int, _ successes: Int, _ initially: Health, _ results: String, _ states: String) {
      (self.failures, self.successes, self.initially) = (failures, successes, initially)
      (self.results, self.states) = (results, states)
    }
  }

  @Test(arguments: [
    Case(2, 1, .unknown, "+", "u"),
    Case(2, 1, .unknown, "--", "?d"),
    Case(2, 1, .unknown, "-+", "?u"),
    Case(2, 1, .unknown, "+-+--+", "uuuudu"),
    Case(1, 1, .unknown, "-+-+", "dudu"),
    Case(3, 2, .unknown, "+-+-++", "?????u"),
    Case(3, 2, .unknown, "--+---", "?????d"),
    Case(3, 2, .unknown, "++--+---+-++", "?uuuuuuddddu"),
    Case(2, 1, .up, "-", "u"),
    Case(2, 1, .up, "--", "ud"),
    Case(2, 3, .down, "++-+++", "dddddu"),
    Case(2, 1, .unchecked, "--", "?d"),
    // Nine failures, a success and nine failures are no failover.
    Case(10, 1, .up, "---------+---------", "uuuuuuuuuuuuuuuuuuu"),
    Case(10, 1, .up, "---------+----------", "uuuuuuuuuuuuuuuuuuud"),
    // A count below one means one.
    Case(0, 0, .unknown, "-+", "du"),
  ])
  func followsResultsInARow(_ table: Case) {
    let timing = CheckTiming(failures: table.failures, successes: table.successes)
    var state = RiseAndFall(timing, initially: table.initially)
    var seen = ""
    for result in table.results {
      let before = state.health
      let changed = state.record(passed: result == "+")
      #expect(changed == (state.health != before))
      seen += ["up": "u", "down": "d"][state.health.rawValue] ?? "?"
    }
    #expect(seen == table.states)
  }

  @Test func isUnsettledWhileTheLastResultDiffers() {
    var state = RiseAndFall(CheckTiming(failures: 2, successes: 2), initially: .unknown)
    #expect(state.isUnsettled)
    var unsettled: [Bool] = []
    for passed in [true, true, false, true, false, false, true, true] {
      _ = state.record(passed: passed)
      unsettled.append(state.isUnsettled)
    }
    #expect(unsettled == [true, false, true, false, true, false, true, false])
    #expect(!RiseAndFall(CheckTiming(), initially: .up).isUnsettled)
  }
}
