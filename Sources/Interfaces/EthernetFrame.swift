/// An Ethernet II frame without its checksum.
struct EthernetFrame {
  /// EtherTypes of linux/if_ether.h.
  enum Kind {
    static let ipv4: UInt16 = 0x0800
    static let arp: UInt16 = 0x0806
    static let ipv6: UInt16 = 0x86DD
  }

  var destination: HardwareAddress
  var source: HardwareAddress
  var kind: UInt16
  var payload: [UInt8]

  init(to destination: HardwareAddress, from source: HardwareAddress, kind: UInt16, payload: [UInt8]) {
    self.destination = destination
    self.source = source
    self.kind = kind
    self.payload = payload
  }

  /// Reads a frame; nil when it is shorter than its header.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 14, let destination = HardwareAddress(bytes: bytes[0..<6]),
      let source = HardwareAddress(bytes: bytes[6..<12])
    else { return nil }
    self.init(
      to: destination, from: source, kind: UInt16(bytes[12]) << 8 | UInt16(bytes[13]), payload: Array(bytes[14...]))
  }

  var bytes: [UInt8] { destination.bytes + source.bytes + kind.bigEndianBytes + payload }
}

extension FixedWidthInteger {
  /// The bytes in network order.
  var bigEndianBytes: [UInt8] {
    stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}
