import LoadBalancing
import Testing

@testable import HealthChecks

@Suite struct CheckScheduleTests {
  private let start = Duration.seconds(100)

  @Test func theFirstStartsAtOnceAndThenInItsInterval() {
    var schedule = CheckSchedule(CheckTiming(interval: .seconds(6)), index: 0, now: start)
    var starts = [schedule.nextStart]
    for _ in 0..<3 {
      schedule.checkEnded(at: schedule.nextStart + .milliseconds(700), isUnsettled: false)
      starts.append(schedule.nextStart)
    }
    #expect(starts == [100, 106, 112, 118].map { .seconds($0) })
  }

  @Test(arguments: [0.1, 0.25, 6] as [Double])
  func firstStartsAreSpread(interval: Double) {
    let timing = CheckTiming(interval: .seconds(interval))
    let offsets = (0..<1000).map { CheckSchedule(timing, index: $0, now: start).nextStart - start }
    #expect(offsets.allSatisfy { $0 >= .zero && $0 < .milliseconds(250) && $0 < .seconds(interval) })
    // Every tick of the spread holds its share and no more.
    let ticks = Int(min(0.25, interval) / 0.025)
    for tick in 0..<ticks {
      let count = offsets.count { $0 == .milliseconds(25 * tick) }
      #expect((1000 / ticks - 5...1000 / ticks + 5).contains(count))
    }
  }

  @Test func startsLieOnTicks() {
    let timing = CheckTiming(interval: .seconds(1.2345), fastInterval: .seconds(0.3333))
    for index in 0..<20 {
      var schedule = CheckSchedule(timing, index: index, now: .seconds(7.7777))
      for isUnsettled in [true, false, true, false] {
        #expect(schedule.nextStart.attoseconds % Duration.milliseconds(25).attoseconds == 0)
        schedule.checkEnded(at: schedule.nextStart + .seconds(0.5), isUnsettled: isUnsettled)
      }
    }
  }

  @Test func noStartComesTwice() {
    for index in 0..<1024 {
      var schedule = CheckSchedule(CheckTiming(interval: .seconds(0.1)), index: index, now: start)
      let first = schedule.nextStart
      schedule.checkEnded(at: first, isUnsettled: false)
      #expect(schedule.nextStart >= first + .milliseconds(25))
    }
  }

  @Test func anIntervalOffTheTicksIsKept() {
    var schedule = CheckSchedule(CheckTiming(interval: .seconds(0.12)), index: 0, now: start)
    for _ in 0..<100 { schedule.checkEnded(at: schedule.nextStart, isUnsettled: false) }
    #expect(schedule.nextStart == start + .seconds(12))
  }

  @Test func laterStartsFillTheWholeInterval() {
    let timing = CheckTiming(interval: .seconds(6))
    var perSecond = [Int](repeating: 0, count: 7)
    for index in 0..<600 {
      var schedule = CheckSchedule(timing, index: index, now: start)
      let first = schedule.nextStart
      schedule.checkEnded(at: first, isUnsettled: false)
      #expect(schedule.nextStart > first)
      #expect(schedule.nextStart <= first + .seconds(6))
      perSecond[Int((schedule.nextStart - start).components.seconds)] += 1
    }
    #expect(perSecond.prefix(6).allSatisfy { (70...112).contains($0) })
  }

  @Test(
    arguments: [
      (5.9, 106), (6, 106), (6.1, 112), (12, 112), (12.5, 118), (600, 700), (600.5, 706),
    ] as [(Double, Int)])
  func aLongCheckSkipsThePeriodsItFilled(seconds: Double, next: Int) {
    var schedule = CheckSchedule(CheckTiming(interval: .seconds(6)), index: 0, now: start)
    schedule.checkEnded(at: start + .seconds(seconds), isUnsettled: false)
    #expect(schedule.nextStart == .seconds(next))
  }

  @Test func isFastWhileUnsettled() {
    let timing = CheckTiming(interval: .seconds(6), fastInterval: .seconds(1))
    var schedule = CheckSchedule(timing, index: 0, now: start)
    var starts: [Duration] = []
    for isUnsettled in [true, true, false, true, false] {
      schedule.checkEnded(at: schedule.nextStart, isUnsettled: isUnsettled)
      starts.append(schedule.nextStart)
    }
    #expect(starts == [101, 102, 108, 109, 115].map { .seconds($0) })
  }

  @Test func startingNowMovesTheRhythm() {
    var schedule = CheckSchedule(CheckTiming(interval: .seconds(6)), index: 0, now: start)
    schedule.checkEnded(at: start, isUnsettled: false)
    schedule.start(at: .seconds(102))
    #expect(schedule.nextStart == .seconds(102))
    schedule.checkEnded(at: .seconds(102), isUnsettled: false)
    #expect(schedule.nextStart == .seconds(108))
  }

  @Test func noIntervalIsAnEndlessLoop() {
    var schedule = CheckSchedule(CheckTiming(interval: .zero, fastInterval: .zero), index: 0, now: start)
    schedule.checkEnded(at: start + .seconds(1), isUnsettled: true)
    #expect(schedule.nextStart > start)
  }

  @Test(
    arguments: [
      (0, "0 ms"), (40_000, "0 ms"), (50_000, "0.1 ms"), (400_000, "0.4 ms"), (12_000_000, "12 ms"),
      (999_900_000, "999.9 ms"), (1_000_000_000, "1 s"), (1_250_000_000, "1.25 s"), (3_000_000_000, "3 s"),
      (60_000_000_000, "60 s"),
    ] as [(Int64, String)])
  func durationsAreWrittenBriefly(nanoseconds: Int64, text: String) {
    #expect(Duration.nanoseconds(nanoseconds).text == text)
  }
}
