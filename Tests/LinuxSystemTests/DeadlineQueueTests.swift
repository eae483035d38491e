import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct DeadlineQueueTests {
  @Test func givesTheEarliestFirst() {
    var queue = DeadlineQueue()
    for (number, time) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
      queue.insert(UInt64(number), at: .milliseconds(time))
    }
    #expect(queue.first == .init(time: .milliseconds(10), number: 2))
    #expect(drain(&queue).map(\.number) == [2, 4, 3, 1])
    #expect(queue.first == nil)
  }

  @Test(arguments: [1, 2, 3, 10, 257] as [Int], [1, 7, 42] as [UInt64])
  func sortsWhateverComes(count: Int, seed: UInt64) {
    var random = SplitMix64(state: seed)
    var queue = DeadlineQueue()
    var expected: [DeadlineQueue.Entry] = []
    for number in 0..<UInt64(count) {
      let time = Duration.milliseconds(Int64.random(in: 0..<50, using: &random))
      queue.insert(number, at: time)
      expected.append(.init(time: time, number: number))
    }
    queue.keepOnly { $0.number % 3 != 0 }
    #expect(drain(&queue) == expected.filter { $0.number % 3 != 0 }.sorted())
  }

  @Test(arguments: [1, 7, 42] as [UInt64])
  func givesTheEarliestWhileMoreCome(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var queue = DeadlineQueue()
    var expected: [DeadlineQueue.Entry] = []
    for number in 0..<2000 as Range<UInt64> {
      if Int.random(in: 0..<5, using: &random) < 3 {
        let time = Duration.milliseconds(Int64.random(in: 0..<20, using: &random))
        queue.insert(number, at: time)
        expected.append(.init(time: time, number: number))
      } else {
        expected.sort()
        #expect(queue.removeFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
      }
    }
    #expect(drain(&queue) == expected.sorted())
  }

  private func drain(_ queue: inout DeadlineQueue) -> [DeadlineQueue.Entry] {
    var entries: [DeadlineQueue.Entry] = []
    while let entry = queue.removeFirst() { entries.append(entry) }
    return entries
  }
}
