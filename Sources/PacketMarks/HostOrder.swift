extension UInt32 {
  /// The bytes in the order in which they lie in this machine's memory: marks and kinds of addresses in registers.
  var hostOrderBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: littleEndian >> ($0 * 8)) } }

  /// nil unless there are four bytes.
  init?(hostOrderBytes bytes: [UInt8]) {
    guard bytes.count == 4 else { return nil }
    self.init(littleEndian: bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) })
  }
}
