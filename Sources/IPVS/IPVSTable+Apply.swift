public import Netlink

extension IPVSTable {
  /// Makes changes, in order, several in one datagram. A refused change does not stop those behind it.
  ///
  /// - Returns: The refused changes, in order.
  /// - Throws: ``NetlinkError`` when it is not known what the kernel did, as with
  ///   ``NetlinkError/Code/repliesLost`` and ``NetlinkError/Code/timedOut``: read the table again.
  public func apply(_ changes: [IPVSChange]) throws(NetlinkError) -> [IPVSFailure] {
    let failures = try connection.batch("change the IPVS table", count: changes.count) { index, builder in
      encode(changes[index], into: &builder)
    }
    return failures.map { IPVSFailure(change: changes[$0.index], errno: $0.errno, detail: $0.detail) }
  }

  // Inlined, a change is encoded where it lies; otherwise its 150 bytes and its strings would be copied twice.
  @inline(__always)
  private func encode(_ change: IPVSChange, into builder: inout MessageBuilder) {
    switch change {
    case .addService(let service):
      encode(IPVSWire.Command.newService, service, into: &builder)
    case .editService(let service):
      encode(IPVSWire.Command.setService, service, into: &builder)
    case .removeService(let key):
      message(&builder, IPVSWire.Command.deleteService) {
        $0.nested(IPVSWire.Top.service) { key.encode(into: &$0) }
      }
    case .addDestination(let destination, let key):
      encode(IPVSWire.Command.newDestination, key, into: &builder) { destination.encode(into: &$0) }
    case .editDestination(let destination, let key):
      encode(IPVSWire.Command.setDestination, key, into: &builder) { destination.encode(into: &$0) }
    case .removeDestination(let destination, let key):
      encode(IPVSWire.Command.deleteDestination, key, into: &builder) { destination.encode(into: &$0) }
    }
  }

  private func encode(_ command: UInt8, _ service: IPVSService, into builder: inout MessageBuilder) {
    message(&builder, command) {
      $0.nested(IPVSWire.Top.service) { service.encode(into: &$0) }
    }
  }

  private func encode(
    _ command: UInt8, _ key: IPVSService.Key, into builder: inout MessageBuilder,
    destination: (inout MessageBuilder) -> Void
  ) {
    message(&builder, command) {
      $0.nested(IPVSWire.Top.service) { key.encode(into: &$0) }
      $0.nested(IPVSWire.Top.destination, destination)
    }
  }
}
