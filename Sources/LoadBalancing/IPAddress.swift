/// An IPv4 or IPv6 address, without a scope.
public struct IPAddress: Hashable, Sendable {
  public let family: AddressFamily
  /// The address as a number in host order; an IPv4 address in the low 32 bits.
  public let value: UInt128

  public init(family: AddressFamily, value: UInt128) {
    self.family = family
    self.value = family == .inet ? value & 0xFFFF_FFFF : value
  }

  /// An address from its bytes in network order: 4 for IPv4, 16 for IPv6, otherwise nil.
  public init?(bytes: some Collection<UInt8>) {
    switch bytes.count {
    case 4: family = .inet
    case 16: family = .inet6
    default: return nil
    }
    value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// The bytes in network order: 4 or 16.
  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: family.addressBits / 8)
    var rest = value
    for index in bytes.indices.reversed() {
      bytes[index] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
    }
    return bytes
  }

  /// The first address of the subnet of this length that holds this address.
  public func network(prefixLength: Int) -> IPAddress {
    let hostBits = family.addressBits - min(max(prefixLength, 0), family.addressBits)
    guard hostBits < 128 else { return IPAddress(family: family, value: 0) }
    return IPAddress(family: family, value: (value >> UInt128(hostBits)) << UInt128(hostBits))
  }

  /// Whether both addresses lie in one subnet of this length.
  public func sharesNetwork(with other: IPAddress, prefixLength: Int) -> Bool {
    family == other.family && network(prefixLength: prefixLength) == other.network(prefixLength: prefixLength)
  }

  public var isLoopback: Bool {
    family == .inet ? value >> 24 == 127 : value == 1
  }

  public var isUnspecified: Bool { value == 0 }

  /// Whether this is a group's address (IPv4 224.0.0.0/4, IPv6 ff00::/8).
  public var isMulticast: Bool {
    family == .inet ? value >> 28 == 0xE : value >> 120 == 0xFF
  }

  /// Whether the address means something on one link only (IPv4 169.254.0.0/16, IPv6 fe80::/10).
  public var isLinkLocal: Bool {
    family == .inet ? value >> 16 == 0xA9FE : value >> 118 == 0x3FA
  }
}

extension IPAddress: Comparable {
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.family == right.family ? left.value < right.value : left.family == .inet
  }
}
