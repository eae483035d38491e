import Netlink

extension PacketMarkTable {
  /// How often reading begins anew when nf_tables changes meanwhile.
  private static let attemptsMax = 5

  /// Reads state and generation that belong together.
  func readUnchanged() throws(NetlinkError) -> (PacketMarkState?, UInt32) {
    for _ in 0..<PacketMarkTable.attemptsMax {
      let before = try readGeneration()
      do throws(NetlinkError) {
        let state = try readOnce()
        if try readGeneration() == before { return (state, before) }
      } catch {
        guard error.code == .dumpInterrupted else { throw error }
      }
    }
    throw NetlinkError(.dumpInterrupted, "read the nftables table inet \(TableLayout.name)")
  }

  func readGeneration() throws(NetlinkError) -> UInt32 {
    var generation: UInt32?
    let operation = "read the generation of nf_tables"
    try connection.request(operation) { builder in
      builder.nfTables(.getGeneration)
    } reply: { header, payload throws(NetlinkError) in
      guard header.type == NFTables.Message.newGeneration.type else { return }
      generation = try PacketMarkTable.generation(in: payload)
    }
    guard let generation else { throw NetlinkError(.malformedReply, operation) }
    return generation
  }

  static func generation(in payload: RawSpan) throws(NetlinkError) -> UInt32 {
    var generation: UInt32?
    try payload.forEachAttribute(from: 4) { type, value throws(NetlinkError) in
      if type == NFTables.generationID { generation = try value.bigEndian() }
    }
    guard let generation else { throw NetlinkError(.malformedReply, "read the generation of nf_tables") }
    return generation
  }

  private func readOnce() throws(NetlinkError) -> PacketMarkState? {
    // Without lbd's tag it is somebody else's, and replaced only when lbd needs one.
    guard let data = try readTableData(), TableLayout.isTag(data) else { return nil }
    guard data == TableLayout.userData else { return .spoilt }
    do throws(NetlinkError) {
      var state = PacketMarkState()
      var isOurs = true
      for set in MarkSet.allCases {
        try readElements(of: set) { if !$0.add(to: &state) { isOurs = false } }
      }
      guard isOurs, try readRules() == TableNeeds(state).ruleSizes else { return .spoilt }
      return state
    } catch {
      // A set or chain of the layout is missing.
      if error.code == .kernel(NFTablesErrno.notFound) { return .spoilt }
      throw error
    }
  }

  /// The table's tag; nil when there is no table, or none on it.
  private func readTableData() throws(NetlinkError) -> [UInt8]? {
    var data: [UInt8]?
    do throws(NetlinkError) {
      try connection.request("read the nftables table inet \(TableLayout.name)") { builder in
        builder.nfTables(.getTable) { $0.attribute(NFTables.TableAttribute.name, TableLayout.name) }
      } reply: { header, payload throws(NetlinkError) in
        guard header.type == NFTables.Message.newTable.type else { return }
        try payload.forEachAttribute(from: 4) { type, value throws(NetlinkError) in
          if type == NFTables.TableAttribute.userData { data = value.byteArray() }
        }
      }
    } catch {
      if error.code == .kernel(NFTablesErrno.notFound) { return nil }
      throw error
    }
    return data
  }

  private func readElements(
    of set: MarkSet, _ body: (MarkElement) throws(NetlinkError) -> Void
  ) throws(NetlinkError) {
    try connection.dump("read the set \(set.name) of inet \(TableLayout.name)") { builder in
      builder.nfTables(.getSetElement) { builder in
        builder.attribute(NFTables.ElementAttribute.listTable, TableLayout.name)
        builder.attribute(NFTables.ElementAttribute.listSet, set.name)
      }
    } each: { header, payload throws(NetlinkError) in
      guard header.type == NFTables.Message.newSetElement.type else { return }
      try MarkElement.forEach(in: payload, of: set, body)
    }
  }

  /// Of each chain that has rules, how many expressions each of them has.
  private func readRules() throws(NetlinkError) -> [String: [Int]] {
    var sizes: [String: [Int]] = [:]
    try connection.dump("read the rules of inet \(TableLayout.name)") { builder in
      builder.nfTables(.getRule) { $0.attribute(NFTables.RuleAttribute.table, TableLayout.name) }
    } each: { header, payload throws(NetlinkError) in
      guard header.type == NFTables.Message.newRule.type else { return }
      var chain = ""
      var size = 0
      try payload.forEachAttribute(from: 4) { type, value throws(NetlinkError) in
        switch type {
        case NFTables.RuleAttribute.chain: chain = value.string()
        case NFTables.RuleAttribute.expressions: size = try value.attributeCount()
        default: break
        }
      }
      sizes[chain, default: []].append(size)
    }
    return sizes
  }
}

extension TableNeeds {
  /// The same for the rules that should be there.
  fileprivate var ruleSizes: [String: [Int]] {
    Dictionary(uniqueKeysWithValues: MarkChain.allCases.map { ($0.rawValue, rules(of: $0).map(\.expressionCount)) })
      .filter { !$0.value.isEmpty }
  }
}

extension MarkRule {
  fileprivate var expressionCount: Int {
    var rule = MessageBuilder()
    append(to: &rule)
    // What lbd writes itself is well formed.
    return (try? unsafe rule.bytes.span.bytes.attributeCount()) ?? 0
  }
}

extension RawSpan {
  fileprivate func attributeCount() throws(NetlinkError) -> Int {
    var count = 0
    try forEachAttribute { _, _ in count += 1 }
    return count
  }
}
