import LoadBalancing
import Netlink

/// How the table `inet lbd` is laid out: its name, its tag, its chains and their rules.
enum TableLayout {
  static let name = "lbd"
  /// Raised with every change of sets, chains or rules; a table of another version is replaced.
  static let version = 5

  /// The table's comment.
  static var userData: [UInt8] { userData(comment: "\(tag)\(version)") }

  /// A comment of a table or rule, which `nft list` shows: `NFTNL_UDATA_TABLE_COMMENT` and `NFTNL_UDATA_RULE_COMMENT` of
  /// libnftnl's `udata.h`. At most 253 bytes.
  static func userData(comment: String) -> [UInt8] {
    let text = Array(comment.utf8) + [0]
    return [0, UInt8(text.count)] + text
  }

  private static let tag = "lbd layout "

  /// Whether a table's comment is one of lbd's, of any version.
  static func isTag(_ userData: [UInt8]) -> Bool { userData.dropFirst(2).starts(with: tag.utf8) }

  /// `NFPROTO_IPV4` and `NFPROTO_IPV6`
  static func protocolFamily(_ family: AddressFamily) -> UInt8 { family == .inet ? 2 : 10 }
}

/// The chains of the table; each is there while it has rules.
enum MarkChain: String, CaseIterable {
  /// Packets to addresses of this machine's, the only ones that IPVS takes for its services: what is routed, the
  /// answers of servers above all, comes by no rule.
  case input
  /// Packets of clients on the load balancer itself.
  ///
  /// Such packets come in again through `lo` and are marked then, but what has left once is not translated any more.
  case output
  /// A chain of type nat turns on connection tracking for all traffic.
  case postrouting

  var type: String {
    switch self {
    case .input: "filter"
    // A new mark may lead to another route.
    case .output: "route"
    case .postrouting: "nat"
    }
  }

  /// `NF_INET_LOCAL_IN`, `NF_INET_LOCAL_OUT`, `NF_INET_POST_ROUTING`
  var hook: UInt32 {
    switch self {
    case .input: 1
    case .output: 3
    case .postrouting: 4
    }
  }

  /// `NF_IP_PRI_MANGLE`, long before IPVS (`NF_IP_PRI_NAT_SRC - 2`), and `NF_IP_PRI_NAT_SRC`
  var priority: Int32 { self == .postrouting ? 100 : -150 }

  func appendCreation(to builder: inout MessageBuilder) {
    builder.nfTables(.newChain, flags: .create) { builder in
      builder.attribute(NFTables.ChainAttribute.table, TableLayout.name)
      builder.attribute(NFTables.ChainAttribute.name, rawValue)
      builder.nested(NFTables.ChainAttribute.hook) { hook in
        hook.attribute(NFTables.ChainAttribute.hookNumber, self.hook.bigEndian)
        hook.attribute(NFTables.ChainAttribute.hookPriority, priority.bigEndian)
      }
      builder.attribute(NFTables.ChainAttribute.policy, NFTables.accept.bigEndian)
      builder.attribute(NFTables.ChainAttribute.type, type)
    }
  }

  /// Appends the message that removes all of the chain's rules.
  func appendFlush(to builder: inout MessageBuilder) {
    builder.nfTables(.deleteRule) { builder in
      builder.attribute(NFTables.RuleAttribute.table, TableLayout.name)
      builder.attribute(NFTables.RuleAttribute.chain, rawValue)
    }
  }

  /// Appends the message that removes the chain with its rules.
  func appendRemoval(to builder: inout MessageBuilder) {
    builder.nfTables(.deleteChain) { builder in
      builder.attribute(NFTables.ChainAttribute.table, TableLayout.name)
      builder.attribute(NFTables.ChainAttribute.name, rawValue)
    }
  }

  func append(_ rule: MarkRule, to builder: inout MessageBuilder) {
    builder.nfTables(.newRule, flags: [.create, .append]) { builder in
      builder.attribute(NFTables.RuleAttribute.table, TableLayout.name)
      builder.attribute(NFTables.RuleAttribute.chain, rawValue)
      builder.nested(NFTables.RuleAttribute.expressions, rule.append)
      if let comment = rule.comment {
        builder.attribute(NFTables.RuleAttribute.userData, bytes: TableLayout.userData(comment: comment))
      }
    }
  }
}
