/// Numbers as protocols write them.
enum WireBytes {
  static func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    stride(from: Value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> Value($0)) }
  }

  static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { bigEndian(value).reversed() }
}
