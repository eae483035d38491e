/// Bytes of which some bits are known: what a packet of somebody else's will hold.
struct PartialBytes: Hashable, Sendable {
  private(set) var value: [UInt8]
  /// 1 for each bit that is known; all others of `value` are 0.
  private(set) var known: [UInt8]

  init(_ value: [UInt8]) {
    self.value = value
    known = [UInt8](repeating: 0xFF, count: value.count)
  }

  init(value: [UInt8], known: [UInt8]) {
    self.value = zip(value, known).map { $0 & $1 }
    self.known = known
  }

  static func unknown(_ count: Int) -> PartialBytes {
    PartialBytes(value: [UInt8](repeating: 0, count: count), known: [UInt8](repeating: 0, count: count))
  }

  var count: Int { value.count }
  var isKnown: Bool { known.allSatisfy { $0 == 0xFF } }

  static func + (left: PartialBytes, right: PartialBytes) -> PartialBytes {
    PartialBytes(value: left.value + right.value, known: left.known + right.known)
  }

  /// The bytes from `start` on; unknown where there are none.
  func bytes(from start: Int, count: Int) -> PartialBytes {
    guard start >= 0, start < self.count else { return .unknown(count) }
    let end = min(start + count, self.count)
    return PartialBytes(value: Array(value[start..<end]), known: Array(known[start..<end]))
      + .unknown(start + count - end)
  }

  /// As many bytes as a register of nf_tables is filled with: whole words, the rest zero.
  var padded: PartialBytes { self + PartialBytes([UInt8](repeating: 0, count: (4 - count % 4) % 4)) }

  mutating func replace(from start: Int, with other: PartialBytes) {
    let end = min(start + other.count, count)
    guard start >= 0, start < end else { return }
    value.replaceSubrange(start..<end, with: other.value[..<(end - start)])
    known.replaceSubrange(start..<end, with: other.known[..<(end - start)])
  }

  /// `(self & mask) ^ xor`: what the mask takes away is known to be 0.
  func masked(by mask: [UInt8], xor: [UInt8]) -> PartialBytes {
    guard mask.count == count, xor.count == count else { return .unknown(count) }
    var result = self
    for index in 0..<count {
      result.known[index] = known[index] | ~mask[index]
      result.value[index] = (value[index] & mask[index] ^ xor[index]) & result.known[index]
    }
    return result
  }

  /// Whether it is these bytes; nil: it may be.
  func equals(_ other: [UInt8]) -> Bool? {
    guard other.count == count else { return nil }
    for index in 0..<count where (value[index] ^ other[index]) & known[index] != 0 { return false }
    return isKnown ? true : nil
  }

  /// Whether it comes before these bytes, the first one most significant; nil: it may.
  func precedes(_ other: [UInt8]) -> Bool? {
    guard isKnown, other.count == count else { return nil }
    return value.lexicographicallyPrecedes(other)
  }
}
