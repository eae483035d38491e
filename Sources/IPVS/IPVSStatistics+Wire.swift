import Netlink

extension IPVSStatistics {
  /// Reads the attribute `IPVS_SVC_ATTR_STATS64` or `IPVS_DEST_ATTR_STATS64`, zeros where there is none
  /// (`IPVS_STATS_ATTR_…` in `linux/ip_vs.h`, in their order there from 1 on).
  static func decode(_ attributes: RawSpan, in type: UInt16) throws(NetlinkError) -> IPVSStatistics {
    var outer = AttributeCursor()
    guard let value = try attributes.value(of: type, at: &outer) else { return IPVSStatistics() }
    let counts = attributes.extracting(value)
    var cursor = AttributeCursor()
    var result = IPVSStatistics()
    result.connections = try counts.integer(of: 1, at: &cursor) ?? 0
    result.packetsIn = try counts.integer(of: 2, at: &cursor) ?? 0
    result.packetsOut = try counts.integer(of: 3, at: &cursor) ?? 0
    result.bytesIn = try counts.integer(of: 4, at: &cursor) ?? 0
    result.bytesOut = try counts.integer(of: 5, at: &cursor) ?? 0
    result.connectionsPerSecond = try counts.integer(of: 6, at: &cursor) ?? 0
    result.packetsInPerSecond = try counts.integer(of: 7, at: &cursor) ?? 0
    result.packetsOutPerSecond = try counts.integer(of: 8, at: &cursor) ?? 0
    result.bytesInPerSecond = try counts.integer(of: 9, at: &cursor) ?? 0
    result.bytesOutPerSecond = try counts.integer(of: 10, at: &cursor) ?? 0
    return result
  }
}
