/// A service and its destinations: what can be set, and compared.
public struct IPVSTableEntry: Hashable, Sendable {
  public var service: IPVSService
  public var destinations: [IPVSDestination.Key: IPVSDestination]

  public init(service: IPVSService, destinations: [IPVSDestination.Key: IPVSDestination] = [:]) {
    self.service = service
    self.destinations = destinations
  }
}

/// The table as it was read.
///
/// Not of one instant: what changes while it is read may be missing, so nothing may be decided on a snapshot that
/// overlapped a change.
public struct IPVSSnapshot: Hashable, Sendable {
  public var entries: [IPVSService.Key: IPVSTableEntry]
  /// Empty when they were not asked for.
  public var counters: [IPVSService.Key: IPVSServiceCounters]

  public init(
    entries: [IPVSService.Key: IPVSTableEntry] = [:], counters: [IPVSService.Key: IPVSServiceCounters] = [:]
  ) {
    self.entries = entries
    self.counters = counters
  }
}
