import Testing

@testable import Netlink

@Suite struct SequenceRunTests {
  @Test func `a number's place is counted from the first, over 0`() {
    var run = SequenceRun()
    #expect(run.place(of: 7) == nil)
    for sequence in [UInt32.max - 1, .max, 1, 2] { run.append(sequence) }
    #expect([UInt32.max - 1, .max, 1, 2].map(run.place) == [0, 1, 2, 3])
    #expect([0, 3, UInt32.max - 2].allSatisfy { run.place(of: $0) == nil })
  }
}
