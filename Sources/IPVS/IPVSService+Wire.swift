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
    var family: UInt16 = 0
    var number: UInt16 = 0
    var address: UInt128 = 0
    var port: UInt16 = 0
    var mark: UInt32?
    var netmask: UInt32 = 0
    var scheduler = ""
    var flags = Flags()
    var timeout: UInt32 = 0
    var engine: String?
    var statistics = IPVSStatistics()
    try attributes.forEachAttribute { type, value throws(NetlinkError) in
      switch type {
      case IPVSWire.Service.family: family = try value.integer()
      case IPVSWire.Service.protocolNumber: number = try value.integer()
      case IPVSWire.Service.address: address = try value.bigEndian()
      case IPVSWire.Service.port: port = try value.bigEndian()
      case IPVSWire.Service.firewallMark: mark = try value.integer(UInt32.self)
      case IPVSWire.Service.schedulerName: scheduler = value.string()
      case IPVSWire.Service.flags: flags = Flags(rawValue: try value.integer())
      case IPVSWire.Service.timeout: timeout = try value.integer()
      case IPVSWire.Service.netmask: netmask = try value.integer()
      case IPVSWire.Service.persistenceEngine: engine = value.string()
      case IPVSWire.Service.statistics64 where counting: statistics = try IPVSStatistics.decode(value)
      default: break
      }
    }
    guard let protocolNumber = UInt8(exactly: number) else { throw IPVSWire.malformed("protocol \(number)") }
    let addressFamily = try IPVSWire.family(family)
    let key: Key =
      if let mark {
        .firewallMark(mark, addressFamily)
      } else {
        .address(IPVSWire.address(address, addressFamily), port: port, protocol: protocolNumber)
      }
    let service = IPVSService(
      key: key, scheduler: scheduler, flags: flags, persistenceTimeout: timeout,
      granularity: IPVSWire.prefixLength(netmask: netmask, addressFamily), persistenceEngine: engine)
    return (service, statistics)
  }
}
