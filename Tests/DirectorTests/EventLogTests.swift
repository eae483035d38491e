import Testing

@testable import Director

@Suite struct EventLogTests {
  private func log(history: [DirectorEvent] = []) -> EventLog {
    EventLog(history: history, now: { 7 }, observe: { _ in })
  }

  @Test func countingGoesOnBehindTheHistory() {
    var earlier = log()
    earlier.add(.daemon, .information, "one")
    earlier.add(.operatorAction, .information, "two", service: "Web", server: "a", state: "halt", user: "jane")
    var later = log(history: Array(earlier.after(0)))
    #expect(later.lastID == 2)
    later.add(.daemon, .information, "three")
    #expect(later.after(0).map(\.message) == ["one", "two", "three"])
    #expect(later.after(1).map(\.id) == [2, 3])
    #expect(later.after(0)[1].user == "jane")
    // Of this run alone.
    #expect(later.counts == [.daemon: 1])
  }

  @Test func memoryIsBounded() {
    var log = log()
    for number in 1...5000 { log.add(.health, .information, "\(number)") }
    #expect(log.after(0).count == 1000)
    #expect(log.after(0).first?.id == 4001 && log.after(0).last?.message == "5000")
    #expect(log.counts[.health] == 5000)
  }

  @Test func anEventIsOneLineOfBoundedLength() {
    var log = log()
    log.add(.warning, .information, "first\nsecond\r\nthird")
    log.add(.configuration, .information, String(repeating: "x", count: 1_000_000))
    #expect(log.after(0).first?.message == "first | second | third")
    #expect(log.after(0).last?.message.count == 4000)
    #expect(log.after(0).last?.message.hasSuffix("x…") == true)
  }
}
