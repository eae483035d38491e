import Netlink

extension IPVSService.Key {
  /// Appends what the kernel finds a service by.
  func encode(into builder: inout MessageBuilder) {
    builder.attribute(IPVSWire.Service.family, IPVSWire.family(family))
    switch self {
    case .address(let address, let port, let number):
      builder.attribute(IPVSWire.Service.protocolNumber, UInt16(number))
      builder.attribute(IPVSWire.Service.address, IPVSWire.address(address))
      builder.attribute(IPVSWire.Service.port, port.bigEndian)
    case .firewallMark(let mark, _):
      builder.attribute(IPVSWire.Service.firewallMark, mark)
    }
  }
}

extension IPVSService {
  func encode(into builder: inout MessageBuilder) {
    key.encode(into: &builder)
    builder.attribute(IPVSWire.Service.schedulerName, scheduler)
    // struct ip_vs_flags: the flags, and the mask of those that are set or cleared by them.
    builder.attribute(IPVSWire.Service.flags, UInt64(flags.rawValue) | UInt64(UInt32.max) << 32)
    builder.attribute(IPVSWire.Service.timeout, persistenceTimeout)
    builder.attribute(IPVSWire.Service.netmask, IPVSWire.netmask(prefixLength: granularity, key.family))
    if let persistenceEngine { builder.attribute(IPVSWire.Service.persistenceEngine, persistenceEngine) }
  }

  /// Reads the attributes within `IPVS_CMD_ATTR_SERVICE`; the statistics only when asked for.
  static func decode(
    _ attributes: RawSpan, counting: Bool
  ) throws(NetlinkError) -> (service: IPVSService, statistics: IPVSStatistics) {
    typealias Wire = IPVSWire.Service
    // In the order in which the kernel writes them (`ip_vs_genl_fill_service` in `net/netfilter/ipvs/ip_vs_ctl.c`).
    var cursor = AttributeCursor()
    let key = try Key.decode(attributes, &cursor)
    let scheduler = try attributes.string(of: Wire.schedulerName, at: &cursor) ?? ""
    let engine = try attributes.string(of: Wire.persistenceEngine, at: &cursor)
    let flags: UInt32 = try attributes.integer(of: Wire.flags, at: &cursor) ?? 0
    let timeout: UInt32 = try attributes.integer(of: Wire.timeout, at: &cursor) ?? 0
    let netmask: UInt32 = try attributes.integer(of: Wire.netmask, at: &cursor) ?? 0
    let service = IPVSService(
      key: key, scheduler: scheduler, flags: Flags(rawValue: flags), persistenceTimeout: timeout,
      granularity: IPVSWire.prefixLength(netmask: netmask, key.family), persistenceEngine: engine)
    return (service, counting ? try IPVSStatistics.decode(attributes, in: Wire.statistics64) : IPVSStatistics())
  }
}

extension IPVSService.Key {
  fileprivate static func decode(
    _ attributes: RawSpan, _ cursor: inout AttributeCursor
  ) throws(NetlinkError) -> IPVSService.Key {
    typealias Wire = IPVSWire.Service
    let family = try IPVSWire.family(attributes.integer(of: Wire.family, at: &cursor) ?? 0)
    // Either protocol, address and port, or a mark.
    guard let number: UInt16 = try attributes.integer(of: Wire.protocolNumber, at: &cursor) else {
      guard let mark: UInt32 = try attributes.integer(of: Wire.firewallMark, at: &cursor) else {
        throw IPVSWire.malformed("a service without protocol and mark")
      }
      return .firewallMark(mark, family)
    }
    guard let protocolNumber = UInt8(exactly: number) else { throw IPVSWire.malformed("protocol \(number)") }
    let address: UInt128 = try attributes.bigEndian(of: Wire.address, at: &cursor) ?? 0
    let port: UInt16 = try attributes.bigEndian(of: Wire.port, at: &cursor) ?? 0
    return .address(IPVSWire.address(address, family), port: port, protocol: protocolNumber)
  }
}
