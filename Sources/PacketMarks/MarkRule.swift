import LoadBalancing
import Netlink

/// The rules of the table, as the expressions that they are made of.
enum MarkRule {
  /// `meta mark set ip daddr . meta l4proto . th dport map @marks4`, where wanted behind `meta mark 0`.
  static func mark(from set: MarkSet, onlyUnmarked: Bool, _ rule: inout MessageBuilder) {
    let family = set.family
    if onlyUnmarked {
      // The marks of somebody else and of checks stay.
      rule.load(.mark, into: Register(0))
      rule.compare(Register(0), .equal, [0, 0, 0, 0])
    }
    only(family, &rule)
    let words = addressWords(family)
    // The destination in the header of IPv4 (RFC 791) or IPv6 (RFC 8200).
    rule.payload(.network, offset: family == .inet ? 16 : 24, byteCount: words * 4, into: Register(0))
    rule.load(.transportProtocol, into: Register(words))
    rule.payload(.transport, offset: 2, byteCount: 2, into: Register(words + 1))
    rule.lookUp(Register(0), in: set, into: Register(0))
    rule.store(Register(0), in: .mark)
  }

  /// `meta nfproto ipv4 meta mark @masquerade4 masquerade`
  static func masquerade(_ family: AddressFamily, _ rule: inout MessageBuilder) {
    only(family, &rule)
    rule.load(.mark, into: Register(0))
    rule.lookUp(Register(0), in: family == .inet ? .masquerade4 : .masquerade6)
    rule.masquerade()
  }

  /// `meta nfproto ipv4 snat ip to meta mark map @snat4`
  static func translateSource(_ family: AddressFamily, _ rule: inout MessageBuilder) {
    only(family, &rule)
    rule.load(.mark, into: Register(0))
    rule.lookUp(Register(0), in: family == .inet ? .snat4 : .snat6, into: Register(0))
    rule.translateSource(family: TableLayout.protocolFamily(family), to: Register(0))
  }

  /// `ip saddr . oifname @outbound4 fib daddr type != local masquerade`
  ///
  /// What IPVS forwards with direct routing still has the virtual address, a local one, as its destination.
  static func masqueradeOutbound(_ family: AddressFamily, _ rule: inout MessageBuilder) {
    only(family, &rule)
    let words = addressWords(family)
    rule.payload(.network, offset: family == .inet ? 12 : 8, byteCount: words * 4, into: Register(0))
    rule.load(.outputInterfaceName, into: Register(words))
    rule.lookUp(Register(0), in: family == .inet ? .outbound4 : .outbound6)
    rule.loadDestinationKind(into: Register(0))
    // RTN_LOCAL of linux/rtnetlink.h, in host order.
    rule.compare(Register(0), .notEqual, UInt32(2).hostOrderBytes)
    rule.masquerade()
  }

  private static func only(_ family: AddressFamily, _ rule: inout MessageBuilder) {
    rule.load(.networkFamily, into: Register(0))
    rule.compare(Register(0), .equal, [TableLayout.protocolFamily(family)])
  }

  private static func addressWords(_ family: AddressFamily) -> UInt32 { family == .inet ? 1 : 4 }
}
