import Testing

@testable import HealthChecks

@Suite struct PresentableTests {
  @Test func controlCharactersNeverComeThrough() {
    let outcome = ProbeOutcome(.failed, "a\u{1B}[2Jb\nc\u{202E}d\u{2028}e")
    #expect(outcome.message == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d\u{FFFD}e")
    #expect(ProbeOutcome(.failed, "größer").message == "größer")
  }

  @Test func messagesAndQuotesAreBounded() {
    #expect(ProbeOutcome(.failed, String(repeating: "x", count: 10_000)).message.unicodeScalars.count == 301)
    #expect(ProbeOutcome(.failed, String(repeating: "\u{301}", count: 10_000)).message.unicodeScalars.count == 301)
    #expect(Presentable.quote([UInt8](repeating: 0x61, count: 101)) == "'\(String(repeating: "a", count: 100))…'")
    #expect(Presentable.quote([0x61, 0xFF, 0]) == "'a\u{FFFD}\u{FFFD}'")
  }
}
