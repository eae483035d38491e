import LoadBalancing
import Netlink

/// How the table `inet lbd` is laid out: its name, its tag, its chains and their rules.
enum TableLayout {
  static let name = "lbd"
  /// Raised with every change of sets, chains or rules; a table of another version is replaced.
  static let version = 2

  /// The table's comment, which `nft list` shows (`NFTNL_UDATA_TABLE_COMMENT` of libnftnl's `udata.h`).
  static var userData: [UInt8] {
    let comment = Array("lbd layout \(version)".utf8) + [0]
    return [0, UInt8(comment.count)] + comment
  }

  /// `NFPROTO_IPV4` and `NFPROTO_IPV6`
  static func protocolFamily(_ family: AddressFamily) -> UInt8 { family == .inet ? 2 : 10 }
}

/// The chains of the table.
enum MarkChain: String, CaseIterable {
  case prerouting
  /// Packets of clients on the load balancer itself.
  case output
  /// There only while something is translated: a chain of type nat turns on connection tracking for all traffic.
  case postrouting

  var type: String {
    switch self {
    case .prerouting: "filter"
    // A new mark may lead to another route.
    case .output: "route"
    case .postrouting: "nat"
    }
  }

  /// `NF_INET_PRE_ROUTING`, `NF_INET_LOCAL_OUT`, `NF_INET_POST_ROUTING`
  var hook: UInt32 {
    switch self {
    case .prerouting: 0
    case .output: 3
    case .postrouting: 4
    }
  }

  /// `NF_IP_PRI_MANGLE` and `NF_IP_PRI_NAT_SRC`
  var priority: Int32 { self == .postrouting ? 100 : -150 }

  /// The chain's rules, each as what appends its expressions.
  var rules: [(inout MessageBuilder) -> Void] {
    let families = AddressFamily.allCases
    let marks: [MarkSet] = [.marks4, .ranges4, .marks6, .ranges6]
    switch self {
    case .prerouting: return marks.map { set in { MarkRule.mark(from: set, onlyUnmarked: false, &$0) } }
    case .output: return marks.map { set in { MarkRule.mark(from: set, onlyUnmarked: true, &$0) } }
    case .postrouting:
      return families.map { family in { MarkRule.masquerade(family, &$0) } }
        + families.map { family in { MarkRule.translateSource(family, &$0) } }
        + families.map { family in { MarkRule.masqueradeOutbound(family, &$0) } }
    }
  }

  func appendCreation(to builder: inout MessageBuilder) {
    builder.nfTables(.newChain, flags: .create) { builder in
      builder.attribute(NFTables.ChainAttribute.table, TableLayout.name)
      builder.attribute(NFTables.ChainAttribute.name, rawValue)
      builder.nested(NFTables.ChainAttribute.hook) { hook in
        hook.attribute(NFTables.ChainAttribute.hookNumber, self.hook.bigEndian)
        hook.attribute(NFTables.ChainAttribute.hookPriority, priority.bigEndian)
      }
      // NF_ACCEPT
      builder.attribute(NFTables.ChainAttribute.policy, UInt32(1).bigEndian)
      builder.attribute(NFTables.ChainAttribute.type, type)
    }
  }

  /// Appends the message that removes the chain with its rules.
  func appendRemoval(to builder: inout MessageBuilder) {
    builder.nfTables(.deleteChain) { builder in
      builder.attribute(NFTables.ChainAttribute.table, TableLayout.name)
      builder.attribute(NFTables.ChainAttribute.name, rawValue)
    }
  }

  func appendRule(_ index: Int, to builder: inout MessageBuilder) {
    builder.nfTables(.newRule, flags: [.create, .append]) { builder in
      builder.attribute(NFTables.RuleAttribute.table, TableLayout.name)
      builder.attribute(NFTables.RuleAttribute.chain, rawValue)
      builder.nested(NFTables.RuleAttribute.expressions, rules[index])
    }
  }
}
