public import Netlink

/// Reads the rules of all of nf_tables.
///
/// Each call blocks until the kernel has answered. Not sendable: it belongs to the thread of its socket.
public final class RulesetTable {
  /// More rules, and more elements of a set, are not read.
  private static let rulesMax = 50_000
  private static let elementsMax = 20_000

  private let connection: NetlinkConnection

  /// On a socket of family netfilter.
  public init(_ transport: any NetlinkTransport, timeLimit: Duration = .seconds(20)) {
    connection = NetlinkConnection(transport, timeLimit: timeLimit)
  }

  /// Reads tables, chains, rules, and the sets that rules of filters look things up in.
  ///
  /// - Throws: ``NetlinkError``; with ``NetlinkError/Code/dumpInterrupted`` when the rules went on changing.
  public func read() throws(NetlinkError) -> Ruleset {
    for _ in 0..<3 {
      do throws(NetlinkError) { return try readOnce() } catch {
        guard error.code == .dumpInterrupted else { throw error }
      }
    }
    return try readOnce()
  }

  private func readOnce() throws(NetlinkError) -> Ruleset {
    var ruleset = Ruleset()
    let asleep = try dormantTables()
    try dump(.getChain, answer: .newChain, "chains") { family, attributes in
      guard let chain = Ruleset.Chain(family: family, attributes), !asleep.contains(chain.table),
        chain.table != Ruleset.Table(family: NFTables.inetFamily, name: TableLayout.name)
      else { return }
      ruleset.chains[.init(table: chain.table, name: chain.name)] = chain
    }
    guard ruleset.chains.values.contains(where: { $0.hook != nil && $0.isFilter }) else { return Ruleset() }
    var count = 0
    var wanted: Set<Ruleset.Name> = []
    try dump(.getRule, answer: .newRule, "rules") { family, attributes in
      let table = Ruleset.Table(family: family, name: attributes.text(NFTables.RuleAttribute.table))
      let place = Ruleset.Name(table: table, name: attributes.text(NFTables.RuleAttribute.chain))
      count += 1
      guard count <= Self.rulesMax, ruleset.chains[place] != nil else { return }
      let rule = Ruleset.Rule(attributes)
      for case .lookUp(let name, _, _, _) in rule.expressions { wanted.insert(.init(table: table, name: name)) }
      ruleset.chains[place]?.rules.append(rule)
    }
    guard count <= Self.rulesMax else {
      throw NetlinkError(.messageTooLarge, "read the rules of nf_tables", detail: "more than \(Self.rulesMax) rules")
    }
    try dump(.getSet, answer: .newSet, "sets") { family, attributes in
      let table = Ruleset.Table(family: family, name: attributes.text(NFTables.SetAttribute.table))
      let name = Ruleset.Name(table: table, name: attributes.text(NFTables.SetAttribute.name))
      guard wanted.contains(name) else { return }
      let flags = attributes.number(NFTables.SetAttribute.flags) ?? 0
      ruleset.sets[name] = .init(
        keyCount: Int(attributes.number(NFTables.SetAttribute.keyLength) ?? 0),
        hasIntervals: flags & NFTables.SetFlags.interval != 0, elements: nil)
    }
    for name in ruleset.sets.keys { ruleset.sets[name]?.elements = try elements(of: name) }
    return ruleset
  }

  private func dormantTables() throws(NetlinkError) -> Set<Ruleset.Table> {
    var tables: Set<Ruleset.Table> = []
    try dump(.getTable, answer: .newTable, "tables") { family, attributes in
      // NFT_TABLE_F_DORMANT
      guard (attributes.number(NFTables.TableAttribute.flags) ?? 0) & 1 != 0 else { return }
      tables.insert(.init(family: family, name: attributes.text(NFTables.TableAttribute.name)))
    }
    return tables
  }

  private func elements(of name: Ruleset.Name) throws(NetlinkError) -> [Ruleset.Element]? {
    var elements: [Ruleset.Element] = []
    var isWhole = true
    try connection.dump("read the set \(name.name) of \(name.table.familyName) \(name.table.name)") { builder in
      builder.nfTables(.getSetElement, family: name.table.family) { builder in
        builder.attribute(NFTables.ElementAttribute.listTable, name.table.name)
        builder.attribute(NFTables.ElementAttribute.listSet, name.name)
      }
    } each: { header, payload throws(NetlinkError) in
      guard header.type == NFTables.Message.newSetElement.type, isWhole else { return }
      try payload.forEachAttribute(from: 4) { type, list throws(NetlinkError) in
        guard type == NFTables.ElementAttribute.listElements else { return }
        try list.forEachAttribute { _, value throws(NetlinkError) in
          elements.append(Ruleset.Element(RuleAttributes(value.byteArray())))
        }
      }
      if elements.count > Self.elementsMax { isWhole = false }
    }
    return isWhole ? elements : nil
  }

  private func dump(
    _ question: NFTables.Message, answer: NFTables.Message, _ what: String, each: (UInt8, RuleAttributes) -> Void
  ) throws(NetlinkError) {
    try connection.dump("read the \(what) of nf_tables") { builder in
      // NFPROTO_UNSPEC: of every family.
      builder.nfTables(question, family: 0)
    } each: { header, payload throws(NetlinkError) in
      guard header.type == answer.type else { return }
      each(try payload.integer(), RuleAttributes(Array(payload.byteArray().dropFirst(4))))
    }
  }
}

extension Ruleset.Chain {
  fileprivate init?(family: UInt8, _ attributes: RuleAttributes) {
    typealias Attribute = NFTables.ChainAttribute
    self.init(
      table: .init(family: family, name: attributes.text(Attribute.table)), name: attributes.text(Attribute.name))
    guard attributes[Attribute.hook] != nil else { return }
    let hook = attributes.nested(Attribute.hook)
    let number = hook.number(Attribute.hookNumber)
    self.hook =
      switch (family, number) {
      case (5, 0), (1, 5): .ingress
      case (1, 0), (2, 0), (10, 0): .prerouting
      case (1, 1), (2, 1), (10, 1): .input
      case (1, 2), (2, 2), (10, 2): .forward
      case (1, 3), (2, 3), (10, 3): .output
      case (1, 4), (2, 4), (10, 4): .postrouting
      default: nil
      }
    priority = Int32(bitPattern: hook.number(Attribute.hookPriority) ?? 0)
    drops = attributes.number(Attribute.policy) == 0
    isFilter = attributes.text(Attribute.type) != "nat"
    // NFTA_HOOK_DEV, or a list of them in NFTA_HOOK_DEVS.
    if hook[3] != nil { devices.insert(hook.text(3)) }
    for name in hook.list(4) { devices.insert(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)) }
  }
}

extension Ruleset.Rule {
  fileprivate init(_ attributes: RuleAttributes) {
    let expressions = attributes.list(NFTables.RuleAttribute.expressions).map { element in
      let parts = RuleAttributes(element)
      return RuleExpression(
        parts.text(NFTables.RuleAttribute.expressionName), parts.nested(NFTables.RuleAttribute.expressionData))
    }
    // NFTA_RULE_HANDLE
    self.init(handle: attributes.longNumber(3) ?? 0, expressions: expressions)
  }
}

extension Ruleset.Element {
  fileprivate init(_ attributes: RuleAttributes) {
    let data = attributes.nested(NFTables.ElementAttribute.data)
    // NFTA_SET_ELEM_FLAGS
    let flags = attributes.number(3) ?? 0
    let value = NFTables.ElementAttribute.value
    self.init(
      key: attributes.nested(NFTables.ElementAttribute.key)[value] ?? [],
      keyEnd: attributes[NFTables.ElementAttribute.keyEnd].map { RuleAttributes($0)[value] ?? [] },
      value: data[value], verdict: data.verdict, endsInterval: flags & 1 != 0,
      isCatchAll: flags & 2 != 0)
  }
}
