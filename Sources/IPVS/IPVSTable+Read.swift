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
        try readDestinations(of: service.key, counting: counting, into: &found)
        snapshot.entries[service.key] = entry(service, found.destinations, remembering: !counting)
        if counting { snapshot.counters[service.key] = found.counters(of: statistics) }
      }
      if listings.count > snapshot.entries.count { listings = listings.filter { snapshot.entries[$0.key] != nil } }
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
      var destinations = FoundDestinations()
      try readDestinations(of: found.service.key, counting: true, into: &destinations)
      let entry = entry(found.service, destinations.destinations, remembering: false)
      return (entry, destinations.counters(of: found.statistics))
    }
  }

  private func readDestinations(
    of key: IPVSService.Key, counting: Bool, into found: inout FoundDestinations
  ) throws(NetlinkError) {
    found.removeAll()
    try connection.dump("read the servers of the IPVS services") { builder in
      message(&builder, IPVSWire.Command.getDestination) {
        $0.nested(IPVSWire.Top.service) { key.encode(into: &$0) }
      }
    } each: { _, payload throws(NetlinkError) in
      try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
        guard type == IPVSWire.Top.destination else { return }
        let (destination, connections) = try IPVSDestination.decode(value, serviceFamily: key.family)
        found.destinations.append(destination)
        guard counting else { return }
        let statistics = try IPVSStatistics.decode(value, in: IPVSWire.Destination.statistics64)
        found.counters.append(IPVSCounters(connections: connections, statistics: statistics))
      }
    }
  }

  /// What was listed, as the last time where nothing has changed since: hashing tens of thousands of destinations takes
  /// longer than reading them.
  ///
  /// - Parameter remembering: Whether the table will be read again and again.
  private func entry(
    _ service: IPVSService, _ destinations: [IPVSDestination], remembering: Bool
  ) -> IPVSTableEntry {
    if let last = listings[service.key], last.destinations == destinations, last.entry.service == service {
      return last.entry
    }
    // Of its final size at once: a dictionary that grows by itself hashes everything several times.
    var byKey = [IPVSDestination.Key: IPVSDestination](minimumCapacity: destinations.count)
    for destination in destinations { byKey[destination.key] = destination }
    let entry = IPVSTableEntry(service: service, destinations: byKey)
    // A copy of just its size: what was found lies in memory that is kept for the longest list.
    if remembering { listings[service.key] = Listing(destinations: destinations.map { $0 }, entry: entry) }
    return entry
  }

  /// A service as it was listed, its destinations in the kernel's order.
  struct Listing {
    let destinations: [IPVSDestination]
    let entry: IPVSTableEntry
  }
}

/// What one listing of destinations brought; kept from service to service for its memory.
private struct FoundDestinations {
  var destinations: [IPVSDestination] = []
  /// Of each destination, where they were asked for.
  var counters: [IPVSCounters] = []

  mutating func removeAll() {
    destinations.removeAll(keepingCapacity: true)
    counters.removeAll(keepingCapacity: true)
  }

  func counters(of statistics: IPVSStatistics) -> IPVSServiceCounters {
    var byKey = [IPVSDestination.Key: IPVSCounters](minimumCapacity: counters.count)
    for (destination, counted) in zip(destinations, counters) { byKey[destination.key] = counted }
    return IPVSServiceCounters(statistics: statistics, destinations: byKey)
  }
}
