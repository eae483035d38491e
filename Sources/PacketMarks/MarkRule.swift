import LoadBalancing
import Netlink

/// The rules of the table, and the expressions that each is made of.
enum MarkRule: Equatable {
  /// `@th,96,32 & 0x20000 == 0 accept`, the flags of TCP without SYN; `meta l4proto tcp` as well unless `onlyTCP`.
  ///
  /// IPVS makes a connection of a SYN alone (`tcp_conn_schedule` in `net/netfilter/ipvs/ip_vs_proto_tcp.c`, unless
  /// `sloppy_tcp` is on), and finds those that it has without their mark. Where nothing but TCP is marked, it does not
  /// matter what becomes of other packets.
  case passSegments(onlyTCP: Bool)
  /// `meta mark set ip daddr . meta l4proto . th dport map @marks4 accept`
  ///
  /// The last of the chain need not accept, which would only spare the rules behind it.
  case mark(MarkSet, isLast: Bool)
  /// `meta mark 0 meta skuid >= 0 meta mark set ip daddr . meta l4proto . th dport map @marks4 accept`
  ///
  /// The marks of somebody else and of checks stay, and what IPVS forwards, which belongs to no socket, is left alone.
  case markOwn(MarkSet)
  /// `meta nfproto ipv4 meta mark @masquerade4 masquerade`
  case masquerade(AddressFamily)
  /// `meta nfproto ipv4 snat ip to meta mark map @snat4`
  case translateSource(AddressFamily)
  /// `ip saddr . oifname @outbound4 fib daddr type != local masquerade`
  ///
  /// What IPVS forwards with direct routing still has the virtual address, a local one, as its destination.
  case masqueradeOutbound(AddressFamily)

  /// `IPPROTO_TCP`
  static let tcp: UInt8 = 6

  /// What nft(8) shows behind a rule that it has no better words for.
  var comment: String? { if case .passSegments = self { "begins no connection" } else { nil } }

  func append(to rule: inout MessageBuilder) {
    switch self {
    case .passSegments(let onlyTCP):
      // The second byte has the flags in the header of TCP (RFC 9293 section 3.1), of which SYN is the second.
      rule.payload(.transport, offset: 12, byteCount: 4, into: Register(0))
      rule.mask(Register(0), with: [0, 0x02, 0, 0])
      rule.compare(Register(0), .equal, [0, 0, 0, 0])
      if !onlyTCP {
        rule.load(.transportProtocol, into: Register(0))
        rule.compare(Register(0), .equal, [MarkRule.tcp])
      }
      rule.accept()
    case .mark(let set, let isLast):
      mark(from: set, &rule)
      if !isLast { rule.accept() }
    case .markOwn(let set):
      rule.load(.mark, into: Register(0))
      rule.compare(Register(0), .equal, [0, 0, 0, 0])
      rule.load(.socketUserID, into: Register(0))
      rule.compare(Register(0), .greaterOrEqual, [0, 0, 0, 0])
      mark(from: set, &rule)
      rule.accept()
    case .masquerade(let family):
      only(family, &rule)
      rule.load(.mark, into: Register(0))
      rule.lookUp(Register(0), in: family == .inet ? .masquerade4 : .masquerade6)
      rule.masquerade()
    case .translateSource(let family):
      only(family, &rule)
      rule.load(.mark, into: Register(0))
      rule.lookUp(Register(0), in: family == .inet ? .snat4 : .snat6, into: Register(0))
      rule.translateSource(family: TableLayout.protocolFamily(family), to: Register(0))
    case .masqueradeOutbound(let family):
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
  }

  private func mark(from set: MarkSet, _ rule: inout MessageBuilder) {
    let family = set.family
    only(family, &rule)
    let words = addressWords(family)
    // The destination in the header of IPv4 (RFC 791) or IPv6 (RFC 8200).
    rule.payload(.network, offset: family == .inet ? 16 : 24, byteCount: words * 4, into: Register(0))
    rule.load(.transportProtocol, into: Register(words))
    rule.payload(.transport, offset: 2, byteCount: 2, into: Register(words + 1))
    rule.lookUp(Register(0), in: set, into: Register(0))
    rule.store(Register(0), in: .mark)
  }

  private func only(_ family: AddressFamily, _ rule: inout MessageBuilder) {
    rule.load(.networkFamily, into: Register(0))
    rule.compare(Register(0), .equal, [TableLayout.protocolFamily(family)])
  }

  private func addressWords(_ family: AddressFamily) -> UInt32 { family == .inet ? 1 : 4 }
}
