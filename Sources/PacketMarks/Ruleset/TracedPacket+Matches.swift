extension TracedPacket {
  /// Whether a match of iptables' holds; nil: it may.
  ///
  /// Source: `linux/netfilter/xt_conntrack.h`, `xt_state.h`, `xt_tcpudp.h`, `xt_multiport.h`; numbers in host order.
  func fits(_ match: String, revision: UInt32, _ info: [UInt8]) -> Bool? {
    switch (match, revision) {
    case ("comment", _): return true
    case ("conntrack", 2...3):
      guard info.count >= 154 else { return nil }
      // XT_CONNTRACK_STATE alone, or under its name of old; flags, inverted flags, states.
      guard info.short(146) & ~(1 << 13) == 1 else { return nil }
      return isTracked(as: info.short(150), untracked: 1 << 8).map { $0 != (info.short(148) & 1 != 0) }
    case ("state", _):
      guard info.count >= 4 else { return nil }
      return isTracked(as: info.short(0), untracked: 1 << 6)
    case ("tcp", _):
      // Options are beyond a packet's beginning.
      guard protocolNumber == 6, info.count >= 12, info[8] == 0 else { return protocolNumber == 6 ? nil : false }
      let flags = tcpFlags.map { ($0 & info[9] == info[10]) != (info[11] & 4 != 0) }
      return Self.all([
        Self.isIn(source.port, info.short(0)...max(info.short(0), info.short(2)), inverted: info[11] & 1 != 0),
        Self.isIn(destination.port, info.short(4)...max(info.short(4), info.short(6)), inverted: info[11] & 2 != 0),
        info[9] == 0 ? true : flags,
      ])
    case ("udp", _):
      guard protocolNumber == 17, info.count >= 9 else { return protocolNumber == 17 ? nil : false }
      return Self.all([
        Self.isIn(source.port, info.short(0)...max(info.short(0), info.short(2)), inverted: info[8] & 1 != 0),
        Self.isIn(destination.port, info.short(4)...max(info.short(4), info.short(6)), inverted: info[8] & 2 != 0),
      ])
    case ("multiport", 1): return fitsMultiport(info)
    default: return nil
    }
  }

  /// `struct xt_multiport_v1`: what, count, 15 ports, 15 marks of ports that begin a range, inverted.
  private func fitsMultiport(_ info: [UInt8]) -> Bool? {
    guard info.count >= 48, info[1] <= 15 else { return nil }
    var ranges: [ClosedRange<UInt16>] = []
    var index = 0
    while index < Int(info[1]) {
      let port = info.short(2 + 2 * index)
      let begins = info[32 + index] != 0 && index + 1 < Int(info[1])
      ranges.append(port...(begins ? max(port, info.short(4 + 2 * index)) : port))
      index += begins ? 2 : 1
    }
    func isIn(_ port: UInt16?) -> Bool? { port.map { port in ranges.contains { $0.contains(port) } } }
    let found: Bool? =
      switch info[0] {
      case 0: isIn(source.port)
      case 1: isIn(destination.port)
      default: nil
      }
    return found.map { $0 != (info[47] != 0) }
  }

  /// `XT_CONNTRACK_STATE_…` and `XT_STATE_…` are the bits of `ct state`, but for what is not tracked.
  private func isTracked(as states: UInt16, untracked: UInt16) -> Bool? {
    let plain: UInt16 = 0xF
    guard states & ~(plain | untracked) == 0 else { return nil }
    var wanted = TrackingStates(rawValue: UInt32(states & plain))
    if states & untracked != 0 { wanted.insert(.untracked) }
    if tracking.isSubset(of: wanted) { return true }
    return tracking.isDisjoint(with: wanted) ? false : nil
  }

  private static func isIn(_ port: UInt16?, _ range: ClosedRange<UInt16>, inverted: Bool) -> Bool? {
    if range == 0...UInt16.max { return !inverted }
    return port.map { range.contains($0) != inverted }
  }

  private static func all(_ conditions: [Bool?]) -> Bool? {
    if conditions.contains(false) { return false }
    return conditions.contains(nil) ? nil : true
  }
}

extension [UInt8] {
  fileprivate func short(_ place: Int) -> UInt16 { UInt16(self[place]) | UInt16(self[place + 1]) << 8 }
}
