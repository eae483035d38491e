public import Netlink

extension IPVSTable {
  /// Reads all services and their destinations.
  ///
  /// Not of one instant; see ``IPVSSnapshot``. A service removed meanwhile is there without destinations.
  /// - Parameter counting: Whether statistics and connection counts are wanted too.
  /// - Returns: Services and destinations by key.
  /// - Throws: ``NetlinkError``.
  public func read(counting: Bool = true) throws(NetlinkError) -> IPVSSnapshot {
    try withCurrentFamily { () throws(NetlinkError) in
      var services: [(service: IPVSService, statistics: IPVSStatistics)] = []
      try connection.dump("read the IPVS services") { builder in
        message(&builder, IPVSWire.Command.getService)
      } each: { _, payload throws(NetlinkError) in
        try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
          guard type == IPVSWire.Top.service else { return }
          services.append(try IPVSService.decode(value, counting: counting))
        }
      }
      var snapshot = IPVSSnapshot()
      snapshot.entries.reserveCapacity(services.count)
      if counting { snapshot.counters.reserveCapacity(services.count) }
      var found = FoundDestinations()
      for (service, statistics) in services {
        try readDestinations(of: service, statistics, into: &snapshot, counting: counting, &found)
      }
      return snapshot
    }
  }

  /// Reads one service and its destinations; nil when it is not there.
  public func read(
    _ key: IPVSService.Key
  ) throws(NetlinkError) -> (entry: IPVSTableEntry, counters: IPVSServiceCounters)? {
    try withCurrentFamily { () throws(NetlinkError) in
      var found: (service: IPVSService, statistics: IPVSStatistics)?
      do throws(NetlinkError) {
        try connection.request("read the IPVS service \(key)") { builder in
          message(&builder, IPVSWire.Command.getService) {
            $0.nested(IPVSWire.Top.service) { key.encode(into: &$0) }
          }
        } reply: { _, payload throws(NetlinkError) in
          try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
            guard type == IPVSWire.Top.service else { return }
            found = try IPVSService.decode(value, counting: true)
          }
        }
      } catch {
        guard error.code == .kernel(KernelErrno.noSuchProcess) else { throw error }
        return nil
      }
      guard let found else { throw IPVSWire.malformed("no service in the answer") }
      var snapshot = IPVSSnapshot()
      var destinations = FoundDestinations()
      try readDestinations(of: found.service, found.statistics, into: &snapshot, counting: true, &destinations)
      guard let entry = snapshot.entries[found.service.key], let counters = snapshot.counters[found.service.key]
      else { return nil }
      return (entry, counters)
    }
  }

  /// What one listing brought; kept from service to service for its memory.
  private typealias FoundDestinations = [(destination: IPVSDestination, counters: IPVSCounters)]

  private func readDestinations(
    of service: IPVSService, _ statistics: IPVSStatistics, into snapshot: inout IPVSSnapshot, counting: Bool,
    _ found: inout FoundDestinations
  ) throws(NetlinkError) {
    found.removeAll(keepingCapacity: true)
    let family = service.key.family
    try connection.dump("read the servers of the IPVS services") { builder in
      message(&builder, IPVSWire.Command.getDestination) {
        $0.nested(IPVSWire.Top.service) { service.key.encode(into: &$0) }
      }
    } each: { _, payload throws(NetlinkError) in
      try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
        guard type == IPVSWire.Top.destination else { return }
        found.append(try IPVSDestination.decode(value, serviceFamily: family, counting: counting))
      }
    }
    // Collected first: a dictionary that grows by itself hashes everything several times.
    var destinations = [IPVSDestination.Key: IPVSDestination](minimumCapacity: found.count)
    for (destination, _) in found { destinations[destination.key] = destination }
    snapshot.entries[service.key] = IPVSTableEntry(service: service, destinations: destinations)
    guard counting else { return }
    var counters = [IPVSDestination.Key: IPVSCounters](minimumCapacity: found.count)
    for (destination, counted) in found { counters[destination.key] = counted }
    snapshot.counters[service.key] = IPVSServiceCounters(statistics: statistics, destinations: counters)
  }
}
