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
      for (service, statistics) in services {
        try readDestinations(of: service, statistics, into: &snapshot, counting: counting)
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
      try readDestinations(of: found.service, found.statistics, into: &snapshot, counting: true)
      guard let entry = snapshot.entries[found.service.key], let counters = snapshot.counters[found.service.key]
      else { return nil }
      return (entry, counters)
    }
  }

  private func readDestinations(
    of service: IPVSService, _ statistics: IPVSStatistics, into snapshot: inout IPVSSnapshot, counting: Bool
  ) throws(NetlinkError) {
    var entry = IPVSTableEntry(service: service)
    var counted = IPVSServiceCounters(statistics: statistics)
    let family = service.key.family
    try connection.dump("read the servers of the IPVS service \(service.key)") { builder in
      message(&builder, IPVSWire.Command.getDestination) {
        $0.nested(IPVSWire.Top.service) { service.key.encode(into: &$0) }
      }
    } each: { _, payload throws(NetlinkError) in
      try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
        guard type == IPVSWire.Top.destination else { return }
        let (destination, counters) = try IPVSDestination.decode(value, serviceFamily: family, counting: counting)
        entry.destinations[destination.key] = destination
        if counting { counted.destinations[destination.key] = counters }
      }
    }
    snapshot.entries[service.key] = entry
    if counting { snapshot.counters[service.key] = counted }
  }
}
