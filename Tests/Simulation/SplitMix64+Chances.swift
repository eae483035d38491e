import TestSupport

extension SplitMix64 {
  /// True once in so many times.
  mutating func chance(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &self) }
}
