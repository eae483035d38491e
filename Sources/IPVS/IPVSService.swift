public import LoadBalancing

/// A virtual service in the kernel's table.
public struct IPVSService: Hashable, Sendable {
  /// What tells one service from another.
  public enum Key: Hashable, Sendable {
    /// Packets to this address, port (0: any) and protocol number of the IP header.
    case address(IPAddress, port: UInt16, protocol: UInt8)
    /// Packets that carry this mark, whatever their protocol.
    case firewallMark(UInt32, AddressFamily)

    public var family: AddressFamily {
      switch self {
      case .address(let address, _, _): address.family
      case .firewallMark(_, let family): family
      }
    }

    /// All in one number: tables have tens of thousands of these.
    public func hash(into hasher: inout Hasher) {
      switch self {
      case .address(let address, let port, let number):
        hasher.combine(address.foldedValue ^ UInt64(port) << 48 ^ UInt64(number) << 40)
      case .firewallMark(let mark, let family):
        hasher.combine(UInt64(mark) << 1 | (family == .inet ? 0 : 1))
      }
    }
  }

  /// `IP_VS_SVC_F_…` in `linux/ip_vs.h`.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let persistent = Flags(rawValue: 1)
    public static let onePacket = Flags(rawValue: 4)
    /// For the schedulers `sh` and `mh`: fall back to another server.
    public static let schedulerFlag1 = Flags(rawValue: 8)
    /// For the schedulers `sh` and `mh`: the source port counts too.
    public static let schedulerFlag2 = Flags(rawValue: 16)
    public static let schedulerFlag3 = Flags(rawValue: 32)

    /// The kernel's own mark on services in its table; says nothing about the service.
    static let hashed = Flags(rawValue: 2)
  }

  public var key: Key
  /// The scheduler's name, up to 15 bytes: `wlc`.
  public var scheduler: String
  public var flags: Flags
  /// In seconds; counts only with ``Flags/persistent``.
  public var persistenceTimeout: UInt32
  /// Clients in one network of this prefix length are one client; 32 or 128 for single addresses.
  /// Read from the kernel: -1 for an IPv4 mask that is no prefix.
  public var granularity: Int
  /// The name of a persistence engine: `sip`.
  public var persistenceEngine: String?

  /// A service with these settings; its granularity is single addresses when that is nil.
  public init(
    key: Key, scheduler: String, flags: Flags = [], persistenceTimeout: UInt32 = 0, granularity: Int? = nil,
    persistenceEngine: String? = nil
  ) {
    self.key = key
    self.scheduler = scheduler
    self.flags = flags.subtracting(.hashed)
    self.persistenceTimeout = persistenceTimeout
    self.granularity = granularity ?? key.family.addressBits
    self.persistenceEngine = persistenceEngine
  }
}

extension IPVSService.Key: CustomStringConvertible {
  /// "TCP 10.0.0.1:80", "UDP [2001:db8::1]:53", "mark 7 (IPv6)".
  public var description: String {
    switch self {
    case .address(let address, let port, let number):
      "\(IPVSService.Key.name(ofProtocol: number)) \(endpointText(address, port))"
    case .firewallMark(let mark, let family):
      "mark \(mark) (\(family == .inet ? "IPv4" : "IPv6"))"
    }
  }

  private static func name(ofProtocol number: UInt8) -> String {
    switch number {
    case 6: "TCP"
    case 17: "UDP"
    case 132: "SCTP"
    default: "protocol \(number)"
    }
  }
}

extension IPAddress {
  /// The address in 64 bits, for hashing.
  var foldedValue: UInt64 {
    UInt64(truncatingIfNeeded: value) ^ UInt64(truncatingIfNeeded: value >> 64)
  }
}

func endpointText(_ address: IPAddress, _ port: UInt16) -> String {
  address.family == .inet ? "\(address):\(port)" : "[\(address)]:\(port)"
}
