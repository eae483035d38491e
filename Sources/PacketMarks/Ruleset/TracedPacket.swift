public import LoadBalancing

/// A packet that will come by the rules: what is known of it.
public struct TracedPacket: Hashable, Sendable {
  /// What connection tracking makes of it: the bits of `ct state`.
  public struct TrackingStates: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// `NF_CT_STATE_INVALID_BIT` and so on, of `linux/netfilter/nf_conntrack_common.h`.
    public static let invalid = TrackingStates(rawValue: 1)
    public static let established = TrackingStates(rawValue: 2)
    public static let new = TrackingStates(rawValue: 8)
    public static let untracked = TrackingStates(rawValue: 64)
  }

  /// Where it comes from or goes to; nil where that is anybody's.
  public struct End: Hashable, Sendable {
    public var address: IPAddress?
    public var port: UInt16?

    public init(_ address: IPAddress? = nil, port: UInt16? = nil) {
      self.address = address
      self.port = port
    }
  }

  public struct Interface: Hashable, Sendable {
    public var name: String
    public var index: UInt32

    public init(name: String, index: UInt32) {
      self.name = name
      self.index = index
    }
  }

  public var family: AddressFamily
  public var protocolNumber: UInt8
  public var source: End
  public var destination: End
  /// Of TCP; nil for others.
  public var tcpFlags: UInt8?
  public var input: Interface?
  public var output: Interface?
  /// One of these.
  public var tracking: TrackingStates
  /// Whether its destination is an address of this machine's; nil: unknown.
  public var isForHere: Bool?

  public init(
    _ family: AddressFamily, protocolNumber: UInt8, from source: End, to destination: End, tcpFlags: UInt8? = nil,
    input: Interface? = nil, output: Interface? = nil, tracking: TrackingStates, isForHere: Bool? = nil
  ) {
    self.family = family
    self.protocolNumber = protocolNumber
    self.source = source
    self.destination = destination
    self.tcpFlags = tcpFlags
    self.input = input
    self.output = output
    self.tracking = tracking
    self.isForHere = isForHere
  }
}

extension TracedPacket {
  var protocolFamily: UInt8 { TableLayout.protocolFamily(family) }

  /// What the field holds.
  func read(_ field: RuleExpression.Field) -> PartialBytes? {
    switch field {
    case .payload(PayloadBase.network.rawValue, let offset, let count):
      networkHeader.bytes(from: offset, count: count)
    case .payload(PayloadBase.transport.rawValue, let offset, let count):
      transportHeader.bytes(from: offset, count: count)
    case .payload(_, _, let count): .unknown(count)
    case .meta(let key): meta(key)
    // NFT_CT_STATE
    case .connection(0): trackingState
    // RTN_LOCAL of linux/rtnetlink.h
    case .destinationKind where isForHere == true: PartialBytes(UInt32(2).hostOrderBytes)
    case .connection, .destinationKind, .other: nil
    }
  }

  /// `NFT_META_…`
  private func meta(_ key: UInt32) -> PartialBytes? {
    switch key {
    case 1: PartialBytes(family == .inet ? [0x08, 0x00] : [0x86, 0xDD])
    case 4: input.map { PartialBytes($0.index.hostOrderBytes) }
    case 5: output.map { PartialBytes($0.index.hostOrderBytes) }
    case 6: input.map { PartialBytes(Self.padded($0.name)) }
    case 7: output.map { PartialBytes(Self.padded($0.name)) }
    case 15: PartialBytes([protocolFamily])
    case 16: PartialBytes([protocolNumber])
    // PACKET_HOST
    case 19: input == nil ? nil : PartialBytes([0])
    default: nil
    }
  }

  private static func padded(_ name: String) -> [UInt8] {
    let bytes = Array(name.utf8.prefix(15))
    return bytes + [UInt8](repeating: 0, count: 16 - bytes.count)
  }

  private var trackingState: PartialBytes {
    let isOne = tracking.rawValue.nonzeroBitCount == 1
    return PartialBytes(
      value: isOne ? tracking.rawValue.hostOrderBytes : [0, 0, 0, 0],
      known: isOne ? [0xFF, 0xFF, 0xFF, 0xFF] : (~tracking.rawValue).hostOrderBytes)
  }

  /// RFC 791 section 3.1 and RFC 8200 section 3.
  private var networkHeader: PartialBytes {
    func address(_ end: End) -> PartialBytes {
      end.address.map { PartialBytes($0.bytes) } ?? .unknown(family == .inet ? 4 : 16)
    }
    let ends = address(source) + address(destination)
    guard family == .inet else {
      return PartialBytes(value: [0x60, 0, 0, 0], known: [0xF0, 0, 0, 0]) + .unknown(2)
        + PartialBytes([protocolNumber]) + .unknown(1) + ends
    }
    // No fragment.
    return PartialBytes([0x45]) + .unknown(5) + PartialBytes(value: [0, 0], known: [0x3F, 0xFF]) + .unknown(1)
      + PartialBytes([protocolNumber]) + .unknown(2) + ends
  }

  /// RFC 9293 section 3.1, RFC 768, RFC 9260 section 3.1: the ports come first.
  private var transportHeader: PartialBytes {
    func port(_ end: End) -> PartialBytes {
      end.port.map { PartialBytes([UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]) } ?? .unknown(2)
    }
    guard [6, 17, 132].contains(protocolNumber) else { return .unknown(20) }
    let ports = port(source) + port(destination)
    return ports + .unknown(9) + (tcpFlags.map { PartialBytes([$0]) } ?? .unknown(1)) + .unknown(6)
  }
}
