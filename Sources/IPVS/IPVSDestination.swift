public import LoadBalancing

/// A real server of a virtual service in the kernel's table.
public struct IPVSDestination: Hashable, Sendable {
  /// What tells one destination of a service from another.
  public struct Key: Hashable, Sendable {
    public var address: IPAddress
    /// 0 in services that are found by mark or serve any port.
    public var port: UInt16

    public init(address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }

    /// Address and port in one number: tables have tens of thousands of these.
    public func hash(into hasher: inout Hasher) {
      hasher.combine(address.foldedValue ^ UInt64(port) << 48)
    }
  }

  /// How packets are forwarded (`IP_VS_CONN_F_…` in `linux/ip_vs.h`).
  public enum Method: UInt32, Hashable, Sendable, CaseIterable {
    case masquerade = 0
    /// To the load balancer itself, as if there were no service.
    case local = 1
    case tunnel = 2
    case direct = 3
    case bypass = 4
  }

  public var key: Key
  public let method: Method
  /// From 0 up; with 0 it gets no new connections.
  public var weight: Int32
  /// From this number of connections on it gets no new ones; 0: no limit.
  public var upperThreshold: UInt32
  /// Below this number it gets new ones again; 0: three quarters of the upper.
  public var lowerThreshold: UInt32
  /// Never nil with ``Method/tunnel``, always nil otherwise.
  public let tunnel: IPVSTunnel?

  /// A destination with these settings; the tunnel counts only with ``Method/tunnel``, nil then means IP in IP.
  public init(
    key: Key, method: Method, weight: Int32 = 1, upperThreshold: UInt32 = 0, lowerThreshold: UInt32 = 0,
    tunnel: IPVSTunnel? = nil
  ) {
    self.key = key
    self.method = method
    self.weight = weight
    self.upperThreshold = upperThreshold
    self.lowerThreshold = lowerThreshold
    self.tunnel = method == .tunnel ? tunnel ?? IPVSTunnel() : nil
  }
}

/// How packets are wrapped for a destination that is reached through a tunnel.
public struct IPVSTunnel: Hashable, Sendable {
  /// `IP_VS_CONN_F_TUNNEL_TYPE_…` in `linux/ip_vs.h`.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let ipip = Kind(rawValue: 0)
    public static let gue = Kind(rawValue: 1)
    public static let gre = Kind(rawValue: 2)
  }

  /// `IP_VS_TUNNEL_ENCAP_FLAG_…` in `linux/ip_vs.h`.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let checksum = Flags(rawValue: 1)
    public static let remoteChecksum = Flags(rawValue: 2)
  }

  public var kind: Kind
  /// The UDP port of ``Kind/gue``; 0 otherwise.
  public var port: UInt16
  public var flags: Flags

  public init(kind: Kind = .ipip, port: UInt16 = 0, flags: Flags = []) {
    self.kind = kind
    self.port = port
    self.flags = flags
  }
}

extension IPVSDestination.Key: CustomStringConvertible {
  public var description: String { endpointText(address, port) }
}
