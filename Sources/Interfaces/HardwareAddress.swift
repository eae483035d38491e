/// A MAC address: six bytes.
public struct HardwareAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address as a number, first byte highest.
  private let value: UInt64

  /// An address from its six bytes, otherwise nil.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 6 else { return nil }
    value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// An address from the lower 48 bits of a number, first byte highest.
  public init(number: UInt64) { value = number & 0xFFFF_FFFF_FFFF }

  /// ff:ff:ff:ff:ff:ff
  public static let broadcast = HardwareAddress(number: 0xFFFF_FFFF_FFFF)
  /// 00:00:00:00:00:00, "not known" in an ARP request.
  public static let zero = HardwareAddress(number: 0)

  public var bytes: [UInt8] { stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) } }

  /// Lower-case hexadecimal with colons, as `ip link` prints it.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
