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

  /// Reads the attributes within `IPVS_CMD_ATTR_DEST` but for the statistics.
  static func decode(
    _ attributes: RawSpan, serviceFamily: AddressFamily
  ) throws(NetlinkError) -> (destination: IPVSDestination, connections: IPVSConnections) {
    typealias Wire = IPVSWire.Destination
    // In the order in which the kernel writes them (`ip_vs_genl_fill_dest` in `net/netfilter/ipvs/ip_vs_ctl.c`).
    var cursor = AttributeCursor()
    let address: UInt128 = try attributes.bigEndian(of: Wire.address, at: &cursor) ?? 0
    let port: UInt16 = try attributes.bigEndian(of: Wire.port, at: &cursor) ?? 0
    let methodBits: UInt32 = try attributes.integer(of: Wire.method, at: &cursor) ?? 0
    guard let method = Method(rawValue: methodBits) else { throw IPVSWire.malformed("forwarding method \(methodBits)") }
    let weight: Int32 = try attributes.integer(of: Wire.weight, at: &cursor) ?? 0
    let tunnelKind: UInt8 = try attributes.integer(of: Wire.tunnelKind, at: &cursor) ?? 0
    let tunnelPort: UInt16 = try attributes.bigEndian(of: Wire.tunnelPort, at: &cursor) ?? 0
    let tunnelFlags: UInt16 = try attributes.integer(of: Wire.tunnelFlags, at: &cursor) ?? 0
    let upperThreshold: UInt32 = try attributes.integer(of: Wire.upperThreshold, at: &cursor) ?? 0
    let lowerThreshold: UInt32 = try attributes.integer(of: Wire.lowerThreshold, at: &cursor) ?? 0
    let active: UInt32 = try attributes.integer(of: Wire.activeConnections, at: &cursor) ?? 0
    let inactive: UInt32 = try attributes.integer(of: Wire.inactiveConnections, at: &cursor) ?? 0
    let persistent: UInt32 = try attributes.integer(of: Wire.persistentConnections, at: &cursor) ?? 0
    let number: UInt16? = try attributes.integer(of: Wire.family, at: &cursor)
    // Kernels before 3.18 do not tell the family, which then is the service's.
    let family = if let number { try IPVSWire.family(number) } else { serviceFamily }
    let destination = IPVSDestination(
      key: Key(address: IPVSWire.address(address, family), port: port), method: method, weight: weight,
      upperThreshold: upperThreshold, lowerThreshold: lowerThreshold,
      tunnel: IPVSTunnel(
        kind: IPVSTunnel.Kind(rawValue: tunnelKind), port: tunnelPort, flags: IPVSTunnel.Flags(rawValue: tunnelFlags)))
    return (destination, IPVSConnections(active: active, inactive: inactive, persistent: persistent))
  }
}
