public import Interfaces
public import LoadBalancing
import Netlink

/// What a client sends to a real server over TCP, as it left this machine.
public struct ClientSegment: Hashable, Sendable {
  /// An address and a port.
  public struct End: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }
  }

  /// To whom the frame goes.
  public var hardware: HardwareAddress
  /// Where the tunnel ends in which it is; nil: in none.
  public var tunnelEnd: IPAddress?
  public var client: End
  public var destination: End
  public var sequence: UInt32
  /// The first of a connection, or the same once more; all others are sent by clients that have got an answer.
  public var isSYN: Bool

  public init(
    to hardware: HardwareAddress, tunnelEnd: IPAddress? = nil, from client: End, to destination: End, sequence: UInt32,
    isSYN: Bool
  ) {
    self.hardware = hardware
    self.tunnelEnd = tunnelEnd
    self.client = client
    self.destination = destination
    self.sequence = sequence
    self.isSYN = isSYN
  }
}

extension ClientSegment {
  /// As much of a frame as is looked at: Ethernet, IPv6, UDP and GUE, IPv6 and TCP.
  public static let frameBytes = 14 + 40 + 8 + 4 + 40 + 20

  /// Reads an Ethernet frame; nil when it holds no segment that clients send, in a tunnel of IP, GRE or GUE or in none.
  ///
  /// Source: RFC 9293 section 3.1, RFC 791 section 3.1, RFC 8200 section 3, RFC 2784, draft-ietf-intarea-gue-09.
  public init?(frame: RawSpan) {
    guard let found = try? Self.read(frame) else { return nil }
    self = found
  }

  private static func read(_ frame: RawSpan) throws(NetlinkError) -> ClientSegment? {
    guard let outer = try Header(frame, at: 14) else { return nil }
    var packet = outer
    if outer.protocolNumber != Header.tcp {
      guard let start = try outer.innerStart(frame), let inner = try Header(frame, at: start),
        inner.protocolNumber == Header.tcp
      else { return nil }
      packet = inner
    }
    let start = packet.end
    // A SYN has none of ACK, RST and FIN, any other segment has ACK or RST and no SYN.
    let flags = try frame.integer(UInt8.self, at: start + 13) & 0x17
    let isSYN = flags == 0x02
    guard isSYN || flags & 0x02 == 0 && flags & 0x14 != 0 else { return nil }
    return ClientSegment(
      to: HardwareAddress(number: try frame.bigEndian(UInt64.self) >> 16),
      tunnelEnd: outer.protocolNumber == Header.tcp ? nil : outer.destination,
      from: End(packet.source, port: try frame.bigEndian(at: start)),
      to: End(packet.destination, port: try frame.bigEndian(at: start + 2)),
      sequence: try frame.bigEndian(at: start + 4), isSYN: isSYN)
  }

  /// The header of IP.
  private struct Header {
    static let tcp: UInt8 = 6

    let protocolNumber: UInt8
    let source: IPAddress
    let destination: IPAddress
    /// Where the next header begins.
    let end: Int

    init?(_ frame: RawSpan, at start: Int) throws(NetlinkError) {
      let first = try frame.integer(UInt8.self, at: start)
      switch first >> 4 {
      case 4:
        end = start + Int(first & 0xF) * 4
        protocolNumber = try frame.integer(at: start + 9)
        source = IPAddress(family: .inet, value: UInt128(try frame.bigEndian(UInt32.self, at: start + 12)))
        destination = IPAddress(family: .inet, value: UInt128(try frame.bigEndian(UInt32.self, at: start + 16)))
      case 6:
        end = start + 40
        protocolNumber = try frame.integer(at: start + 6)
        source = IPAddress(family: .inet6, value: try frame.bigEndian(UInt128.self, at: start + 8))
        destination = IPAddress(family: .inet6, value: try frame.bigEndian(UInt128.self, at: start + 24))
      default: return nil
      }
    }

    /// Where the packet in a tunnel begins.
    func innerStart(_ frame: RawSpan) throws(NetlinkError) -> Int? {
      switch protocolNumber {
      case 4, 41: end
      // With a checksum where the first bit says so.
      case 47: end + (try frame.integer(UInt8.self, at: end) & 0x80 == 0 ? 4 : 8)
      case 17: end + 8 + 4
      default: nil
      }
    }
  }
}
