/// Numbers with a time each, the earliest first; a binary heap.
///
/// Times count from an origin that the owner chose.
public struct DeadlineQueue: Sendable {
  public struct Entry: Hashable, Sendable {
    public let time: Duration
    public let number: UInt64
  }

  private var heap: [Entry] = []

  public init() {}

  public var count: Int { heap.count }

  /// The entry with the earliest time, of equal times the one with the lowest number.
  public var first: Entry? { heap.first }

  public mutating func insert(_ number: UInt64, at time: Duration) {
    heap.append(Entry(time: time, number: number))
    siftUp(from: heap.count - 1)
  }

  public mutating func removeFirst() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      siftDown(from: 0)
    }
    return first
  }

  /// Drops every entry that is not wanted any more.
  public mutating func keepOnly(_ isWanted: (Entry) -> Bool) {
    heap.removeAll { !isWanted($0) }
    for index in (0..<heap.count / 2).reversed() { siftDown(from: index) }
  }

  private mutating func siftUp(from start: Int) {
    let entry = heap[start]
    var index = start
    while index > 0, entry < heap[(index - 1) / 2] {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = entry
  }

  private mutating func siftDown(from start: Int) {
    let entry = heap[start]
    var index = start
    while 2 * index + 1 < heap.count {
      var child = 2 * index + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < entry else { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = entry
  }
}

extension DeadlineQueue.Entry: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    // As numbers: to compare durations is a call.
    let (earlier, later) = (left.time.attoseconds, right.time.attoseconds)
    return earlier == later ? left.number < right.number : earlier < later
  }
}
