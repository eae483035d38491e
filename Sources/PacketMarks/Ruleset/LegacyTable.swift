import LoadBalancing

/// A table of the older iptables (`iptables-legacy`), as the kernel hands it out; its rules use the same matches as
/// those that iptables keeps in nf_tables.
///
/// Source: `linux/netfilter_ipv4/ip_tables.h`, `linux/netfilter_ipv6/ip6_tables.h`, `linux/netfilter/x_tables.h`.
struct LegacyTable {
  /// Of `struct ipt_getinfo`.
  static let informationBytes = 84

  private let family: AddressFamily
  private let table: Ruleset.Table
  private let priority: Int32
  /// Where each base chain begins, by its hook, and where its policy is.
  private var chains: [(hook: Ruleset.Hook, name: String, begin: Int, policy: Int)] = []
  private(set) var entriesBytes = 0

  /// The tables that may drop packets, with the priorities of their chains (`linux/netfilter_ipv4.h`).
  static let priorities: [(name: String, priority: Int32)] = [
    ("raw", -300), ("mangle", -150), ("filter", 0), ("security", 50),
  ]

  private static let hooks: [(Ruleset.Hook, String)] = [
    (.prerouting, "PREROUTING"), (.input, "INPUT"), (.forward, "FORWARD"), (.output, "OUTPUT"),
    (.postrouting, "POSTROUTING"),
  ]

  /// - Parameters:
  ///   - name: one of ``priorities``.
  ///   - information: `struct ipt_getinfo`: name, hooks in use, where their chains begin and end, counts.
  init?(_ name: String, family: AddressFamily, information: [UInt8]) {
    guard let priority = Self.priorities.first(where: { $0.name == name })?.priority,
      information.count == Self.informationBytes
    else { return nil }
    (self.family, self.priority) = (family, priority)
    table = Ruleset.Table(family: TableLayout.protocolFamily(family), name: name, isLegacy: true)
    let used = information.word(32)
    for (number, (hook, name)) in Self.hooks.enumerated() where used & 1 << UInt32(number) != 0 {
      let (begin, policy) = (information.word(36 + 4 * number), information.word(56 + 4 * number))
      chains.append((hook, name, Int(begin), Int(policy)))
    }
    entriesBytes = Int(information.word(80))
  }

  /// The chains that these entries make, rules numbered as `--line-numbers` does.
  func chains(in entries: [UInt8]) -> [Ruleset.Chain] {
    let read = LegacyEntry.all(in: entries, family: family)
    var names: [Int: String] = [:]
    for base in chains { names[base.begin] = base.name }
    for entry in read { if let name = entry.chainName { names[entry.end] = name } }

    var found: [Ruleset.Chain] = []
    var current: Ruleset.Chain?
    var policy: Int?
    for entry in read {
      if let base = chains.first(where: { $0.begin == entry.start }) {
        if let current { found.append(current) }
        current = Ruleset.Chain(
          table: table, name: base.name, hook: base.hook, priority: priority, isFilter: true)
        policy = base.policy
      } else if entry.chainName != nil {
        if let current { found.append(current) }
        current = Ruleset.Chain(table: table, name: names[entry.end] ?? "")
        policy = nil
        continue
      }
      if entry.start == policy {
        current?.drops = entry.verdict(names) == .drop
      } else if let number = current?.rules.count {
        current?.rules.append(.init(handle: UInt64(number + 1), expressions: entry.expressions(names)))
      }
    }
    // The last entry is no chain: it ends the table.
    return found
  }
}
