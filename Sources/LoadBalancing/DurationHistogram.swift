/// How long things took: how many ended within each of some bounds.
public struct DurationHistogram: Hashable, Sendable {
  /// Rising; what takes longer than the last is counted too.
  public static let bounds: [Duration] = [
    .milliseconds(1), .microseconds(2500), .milliseconds(5), .milliseconds(10), .milliseconds(25), .milliseconds(50),
    .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1), .milliseconds(2500), .seconds(5),
    .seconds(10),
  ]

  /// Those that took no longer than the bound at the same place, and longer than the one before; last, all others.
  private var counts = [UInt64](repeating: 0, count: DurationHistogram.bounds.count + 1)
  public private(set) var sum = Duration.zero

  public init() {}

  public mutating func add(_ duration: Duration) {
    counts[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
    sum += duration
  }

  public var count: UInt64 { counts.reduce(0, +) }

  /// For each bound, how many took no longer.
  public var cumulative: [UInt64] {
    var total: UInt64 = 0
    return counts.dropLast().map { count in
      total += count
      return total
    }
  }
}
