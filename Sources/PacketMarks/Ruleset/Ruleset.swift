/// What others have in nf_tables and in iptables-legacy's tables that may drop packets, the table `inet lbd` left out.
public struct Ruleset: Sendable {
  /// A table by its family and name.
  public struct Table: Hashable, Sendable {
    /// `NFPROTO_…`
    public let family: UInt8
    public let name: String
    /// Of iptables-legacy's, beside nf_tables; its rules have numbers instead of handles.
    public let isLegacy: Bool

    public init(family: UInt8, name: String, isLegacy: Bool = false) {
      self.family = family
      self.name = name
      self.isLegacy = isLegacy
    }

    /// As nft(8) calls it.
    public var familyName: String {
      switch family {
      case 1: "inet"
      case 2: "ip"
      case 5: "netdev"
      case 10: "ip6"
      default: "\(family)"
      }
    }
  }

  /// Where packets come by.
  public enum Hook: Hashable, Sendable {
    case ingress, prerouting, input, forward, output, postrouting
  }

  struct Chain: Sendable {
    let table: Table
    let name: String
    /// nil: others jump there.
    var hook: Hook?
    var priority: Int32 = 0
    /// Of nat nothing is dropped.
    var isFilter = false
    var drops = false
    /// The interfaces of an ingress chain.
    var devices: Set<String> = []
    var rules: [Rule] = []
  }

  struct Rule: Sendable {
    let handle: UInt64
    let expressions: [RuleExpression]
  }

  struct Element: Hashable, Sendable {
    var key: [UInt8] = []
    var keyEnd: [UInt8]?
    var value: [UInt8]?
    var verdict: RuleExpression.Verdict?
    /// `NFT_SET_ELEM_INTERVAL_END`
    var endsInterval = false
    /// `NFT_SET_ELEM_CATCHALL`
    var isCatchAll = false
  }

  struct ElementSet: Sendable {
    var keyCount: Int
    var hasIntervals: Bool
    /// nil: too many to read.
    var elements: [Element]?
  }

  struct Name: Hashable, Sendable {
    let table: Table
    let name: String
  }

  var chains: [Name: Chain] = [:]
  var sets: [Name: ElementSet] = [:]

  public init() {}

  /// Whether some packets are not tracked; which ones is not followed.
  var untracksSome: Bool {
    chains.values.contains { $0.rules.contains { $0.expressions.contains(.untracks) } }
  }

  /// The chains that packets of a family come by at a hook, the first one first.
  func chains(at hook: Hook, family: UInt8, on interface: String?) -> [Chain] {
    chains.values.filter { chain in
      guard chain.hook == hook, chain.isFilter else { return false }
      if hook == .ingress { return interface.map(chain.devices.contains) ?? false }
      return chain.table.family == 1 || chain.table.family == family
    }.sorted { ($0.priority, $0.table.name) < ($1.priority, $1.table.name) }
  }
}
