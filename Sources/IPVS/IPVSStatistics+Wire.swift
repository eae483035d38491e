import Netlink

extension IPVSStatistics {
  /// Reads the attributes within `IPVS_SVC_ATTR_STATS64` or `IPVS_DEST_ATTR_STATS64`
  /// (`IPVS_STATS_ATTR_…` in `linux/ip_vs.h`, in their order there from 1 on).
  static func decode(_ attributes: RawSpan) throws(NetlinkError) -> IPVSStatistics {
    var result = IPVSStatistics()
    try attributes.forEachAttribute { type, value throws(NetlinkError) in
      switch type {
      case 1: result.connections = try value.integer()
      case 2: result.packetsIn = try value.integer()
      case 3: result.packetsOut = try value.integer()
      case 4: result.bytesIn = try value.integer()
      case 5: result.bytesOut = try value.integer()
      case 6: result.connectionsPerSecond = try value.integer()
      case 7: result.packetsInPerSecond = try value.integer()
      case 8: result.packetsOutPerSecond = try value.integer()
      case 9: result.bytesInPerSecond = try value.integer()
      case 10: result.bytesOutPerSecond = try value.integer()
      default: break
      }
    }
    return result
  }
}
