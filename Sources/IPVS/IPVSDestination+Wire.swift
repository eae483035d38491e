import LoadBalancing
import Netlink

extension IPVSDestination.Key {
  /// Appends what the kernel finds a destination by.
  func encode(into builder: inout MessageBuilder) {
    builder.attribute(IPVSWire.Destination.family, IPVSWire.family(address.family))
    builder.attribute(IPVSWire.Destination.address, IPVSWire.address(address))
    builder.attribute(IPVSWire.Destination.port, port.bigEndian)
  }
}

extension IPVSDestination {
  func encode(into builder: inout MessageBuilder) {
    key.encode(into: &builder)
    builder.attribute(IPVSWire.Destination.method, method.rawValue)
    builder.attribute(IPVSWire.Destination.weight, weight)
    builder.attribute(IPVSWire.Destination.upperThreshold, upperThreshold)
    builder.attribute(IPVSWire.Destination.lowerThreshold, lowerThreshold)
    // Always, also when only the weight changes: without them the kernel falls back to IP in IP.
    if let tunnel {
      builder.attribute(IPVSWire.Destination.tunnelKind, tunnel.kind.rawValue)
      builder.attribute(IPVSWire.Destination.tunnelPort, tunnel.port.bigEndian)
      builder.attribute(IPVSWire.Destination.tunnelFlags, tunnel.flags.rawValue)
    }
  }

  /// Reads the attributes within `IPVS_CMD_ATTR_DEST`; the counters only when asked for.
  static func decode(
    _ attributes: RawSpan, serviceFamily: AddressFamily, counting: Bool
  ) throws(NetlinkError) -> (destination: IPVSDestination, counters: IPVSCounters) {
    // Kernels before 3.18 do not tell the family, which then is the service's.
    var family = serviceFamily
    var address: UInt128 = 0
    var port: UInt16 = 0
    var methodBits: UInt32 = 0
    var weight: Int32 = 0
    var upper: UInt32 = 0
    var lower: UInt32 = 0
    var kind: UInt8 = 0
    var tunnelPort: UInt16 = 0
    var tunnelFlags: UInt16 = 0
    var counters = IPVSCounters()
    try attributes.forEachAttribute { type, value throws(NetlinkError) in
      switch type {
      case IPVSWire.Destination.family: family = try IPVSWire.family(value.integer(UInt16.self))
      case IPVSWire.Destination.address: address = try value.bigEndian()
      case IPVSWire.Destination.port: port = try value.bigEndian()
      case IPVSWire.Destination.method: methodBits = try value.integer()
      case IPVSWire.Destination.weight: weight = try value.integer()
      case IPVSWire.Destination.upperThreshold: upper = try value.integer()
      case IPVSWire.Destination.lowerThreshold: lower = try value.integer()
      case IPVSWire.Destination.tunnelKind: kind = try value.integer()
      case IPVSWire.Destination.tunnelPort: tunnelPort = try value.bigEndian()
      case IPVSWire.Destination.tunnelFlags: tunnelFlags = try value.integer()
      case IPVSWire.Destination.activeConnections where counting: counters.connections.active = try value.integer()
      case IPVSWire.Destination.inactiveConnections where counting: counters.connections.inactive = try value.integer()
      case IPVSWire.Destination.persistentConnections where counting:
        counters.connections.persistent = try value.integer()
      case IPVSWire.Destination.statistics64 where counting: counters.statistics = try IPVSStatistics.decode(value)
      default: break
      }
    }
    guard let method = Method(rawValue: methodBits) else { throw IPVSWire.malformed("forwarding method \(methodBits)") }
    let destination = IPVSDestination(
      key: Key(address: IPVSWire.address(address, family), port: port), method: method, weight: weight,
      upperThreshold: upper, lowerThreshold: lower,
      tunnel: IPVSTunnel(
        kind: IPVSTunnel.Kind(rawValue: kind), port: tunnelPort, flags: IPVSTunnel.Flags(rawValue: tunnelFlags)))
    return (destination, counters)
  }
}
