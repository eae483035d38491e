public import LoadBalancing

/// A connection, or a template of persistence, as the kernel's table holds it.
public struct IPVSConnection: Hashable, Sendable {
  /// Of the IP header: TCP 6, UDP 17, SCTP 132; 0 for a template of a service on a mark.
  public var protocolNumber: UInt8
  public var client: IPAddress
  /// 0 for a template.
  public var clientPort: UInt16
  /// What the client addressed; of a template on a mark, the mark in the first 32 bits.
  public var virtual: IPAddress
  public var virtualPort: UInt16
  public var destination: IPAddress
  public var destinationPort: UInt16
  /// The kernel's word: `ESTABLISHED`, `SYN_RECV`, `UDP`, …; of a template `NONE` or `ASSURED`.
  public var state: String
  /// Seconds until the kernel forgets it unless a packet comes.
  public var expiresIn: UInt32

  public init(
    protocolNumber: UInt8, client: IPAddress, clientPort: UInt16, virtual: IPAddress, virtualPort: UInt16,
    destination: IPAddress, destinationPort: UInt16, state: String, expiresIn: UInt32
  ) {
    self.protocolNumber = protocolNumber
    self.client = client
    self.clientPort = clientPort
    self.virtual = virtual
    self.virtualPort = virtualPort
    self.destination = destination
    self.destinationPort = destinationPort
    self.state = state
    self.expiresIn = expiresIn
  }

  /// Whether it only keeps a client, or a subnet of clients, with its server.
  public var isTemplate: Bool { clientPort == 0 && (state == "NONE" || state == "ASSURED") }

  /// The mark that a template of a service on a mark stands for.
  public var mark: UInt32? {
    guard isTemplate, protocolNumber == 0 else { return nil }
    return UInt32(truncatingIfNeeded: virtual.value >> UInt128(virtual.family.addressBits - 32))
  }
}

extension IPVSConnection {
  /// Where the kernel shows its table.
  public static let path = "/proc/net/ip_vs_conn"

  /// Reads a line of `/proc/net/ip_vs_conn`; nil for the heading and for what cannot be understood.
  ///
  /// Source: `ip_vs_conn_seq_show` in net/netfilter/ipvs/ip_vs_conn.c: protocol, client, virtual address and destination
  /// with their ports in hexadecimal, state, seconds.
  public init?(line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 9)
    guard fields.count >= 9, let number = IPVSConnection.protocolNumber(fields[0]),
      let client = IPAddress(hexadecimal: fields[1]), let clientPort = UInt16(hexadecimal: fields[2]),
      let virtual = IPAddress(hexadecimal: fields[3]), let virtualPort = UInt16(hexadecimal: fields[4]),
      let destination = IPAddress(hexadecimal: fields[5]), let destinationPort = UInt16(hexadecimal: fields[6]),
      let expiresIn = UInt32(String(decoding: fields[8], as: UTF8.self))
    else { return nil }
    self.init(
      protocolNumber: number, client: client, clientPort: clientPort, virtual: virtual, virtualPort: virtualPort,
      destination: destination, destinationPort: destinationPort, state: String(decoding: fields[7], as: UTF8.self),
      expiresIn: expiresIn)
  }

  private static func protocolNumber(_ name: ArraySlice<UInt8>) -> UInt8? {
    switch String(decoding: name, as: UTF8.self) {
    case "TCP": 6
    case "UDP": 17
    case "SCTP": 132
    case "IP": 0
    case "ESP": 50
    case "AH": 51
    default: nil
    }
  }
}

extension IPAddress {
  /// Eight hexadecimal digits for IPv4, or eight groups of four with colons for IPv6.
  fileprivate init?(hexadecimal text: ArraySlice<UInt8>) {
    let digits = text.filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 8 || (digits.count == 32 && text.count == 39),
      let value = UInt128(hexadecimal: digits[...])
    else { return nil }
    self.init(family: digits.count == 8 ? .inet : .inet6, value: value)
  }
}

extension FixedWidthInteger {
  fileprivate init?(hexadecimal text: ArraySlice<UInt8>) {
    guard !text.isEmpty, text.count <= Self.bitWidth / 4 else { return nil }
    var value: Self = 0
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Self(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | Self(byte - UInt8(ascii: "A") + 10)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | Self(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    self = value
  }
}
