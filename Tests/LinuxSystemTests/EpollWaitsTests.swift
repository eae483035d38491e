import Synchronization
import Testing

@testable import LinuxSystem

@Suite struct EpollWaitsTests {
  @Test func aWaitIsNoneBeforeItBegins() {
    var waits = EpollWaits()
    let number = waits.newNumber()
    #expect(waits.end(number) == nil)
    _ = waits.begin(number, until: .seconds(1)) { _ in }
    #expect(waits.end(number) != nil)
    #expect(waits.end(number) == nil, "a wait ends once")
  }

  @Test func aLateEventFindsNobodyInThePlaceOfItsWait() {
    var waits = EpollWaits()
    let old = waits.newNumber()
    _ = waits.begin(old, until: .seconds(1)) { _ in }
    _ = waits.end(old)
    let new = waits.newNumber()
    _ = waits.begin(new, until: .seconds(1)) { _ in }
    #expect(waits.end(old) == nil)
    #expect(waits.end(new) != nil)
  }

  @Test func thePatientExpireAfterThousandsThatWereQuick() {
    var waits = EpollWaits()
    let expired = Mutex<[Int]>([])
    for wait in 0..<3 {
      _ = waits.begin(waits.newNumber(), until: .seconds(10 + wait)) { _ in expired.withLock { $0.append(wait) } }
    }
    for _ in 0..<5000 {
      let quick = waits.newNumber()
      _ = waits.begin(quick, until: .seconds(20)) { _ in }
      _ = waits.end(quick)
    }
    for handler in waits.endExpired(at: .seconds(11)) { handler(.deadlinePassed) }
    #expect(expired.withLock { $0 } == [0, 1])
    for handler in waits.endExpired(at: .seconds(30)) { handler(.deadlinePassed) }
    #expect(expired.withLock { $0 } == [0, 1, 2])
  }

  @Test func theThreadIsWokenForWhatComesBeforeItsSleepEnds() {
    var waits = EpollWaits()
    #expect(waits.sleep(from: .zero) == nil)
    #expect(waits.begin(waits.newNumber(), until: .seconds(5)) { _ in })
    waits.wake()
    #expect(waits.sleep(from: .seconds(1)) == .seconds(4))
    #expect(!waits.begin(waits.newNumber(), until: .seconds(6)) { _ in })
    #expect(waits.begin(waits.newNumber(), until: .seconds(2)) { _ in })
    #expect(!waits.begin(waits.newNumber(), until: .seconds(1)) { _ in }, "it is awake already")
  }
}
