/// What the kernel has counted for a destination.
public struct IPVSCounters: Hashable, Sendable {
  public var connections: IPVSConnections
  public var statistics: IPVSStatistics

  public init(connections: IPVSConnections = IPVSConnections(), statistics: IPVSStatistics = IPVSStatistics()) {
    self.connections = connections
    self.statistics = statistics
  }
}

/// The connections of a destination at the moment of reading.
public struct IPVSConnections: Hashable, Sendable {
  public var active: UInt32
  public var inactive: UInt32
  /// Persistence templates.
  public var persistent: UInt32

  public init(active: UInt32 = 0, inactive: UInt32 = 0, persistent: UInt32 = 0) {
    self.active = active
    self.inactive = inactive
    self.persistent = persistent
  }
}

/// Totals since the service or destination was added, and rates per second, which the kernel averages over seconds.
///
/// All zero on kernels before 4.1, which count in 32 bits.
public struct IPVSStatistics: Hashable, Sendable {
  public var connections: UInt64 = 0
  public var packetsIn: UInt64 = 0
  public var packetsOut: UInt64 = 0
  public var bytesIn: UInt64 = 0
  public var bytesOut: UInt64 = 0
  public var connectionsPerSecond: UInt64 = 0
  public var packetsInPerSecond: UInt64 = 0
  public var packetsOutPerSecond: UInt64 = 0
  public var bytesInPerSecond: UInt64 = 0
  public var bytesOutPerSecond: UInt64 = 0

  public init() {}
}

/// What the kernel has counted for a service and its destinations.
public struct IPVSServiceCounters: Hashable, Sendable {
  public var statistics: IPVSStatistics
  public var destinations: [IPVSDestination.Key: IPVSCounters]

  public init(statistics: IPVSStatistics = IPVSStatistics(), destinations: [IPVSDestination.Key: IPVSCounters] = [:]) {
    self.statistics = statistics
    self.destinations = destinations
  }
}
