/// What the kernel has counted since a virtual service or real server entered its table.
public struct TrafficCounts: Codable, Hashable, Sendable {
  public var connections: UInt64
  public var packetsIn: UInt64
  /// 0 where answers do not come by: `dr` and `tun`.
  public var packetsOut: UInt64
  public var bytesIn: UInt64
  public var bytesOut: UInt64
  public var perSecond: Rates

  /// A second, averaged by the kernel over some seconds.
  public struct Rates: Codable, Hashable, Sendable {
    public var connections: UInt64
    public var packetsIn: UInt64
    public var packetsOut: UInt64
    public var bytesIn: UInt64
    public var bytesOut: UInt64

    public init(
      connections: UInt64 = 0, packetsIn: UInt64 = 0, packetsOut: UInt64 = 0, bytesIn: UInt64 = 0,
      bytesOut: UInt64 = 0
    ) {
      self.connections = connections
      self.packetsIn = packetsIn
      self.packetsOut = packetsOut
      self.bytesIn = bytesIn
      self.bytesOut = bytesOut
    }
  }

  public init(
    connections: UInt64 = 0, packetsIn: UInt64 = 0, packetsOut: UInt64 = 0, bytesIn: UInt64 = 0,
    bytesOut: UInt64 = 0,
    perSecond: Rates = Rates()
  ) {
    self.connections = connections
    self.packetsIn = packetsIn
    self.packetsOut = packetsOut
    self.bytesIn = bytesIn
    self.bytesOut = bytesOut
    self.perSecond = perSecond
  }
}
