import LoadBalancing

/// Which rules the table needs for what it holds. Each packet pays for every rule, so there is none for a set that holds
/// nothing.
struct TableNeeds: Equatable {
  /// The sets that hold something.
  private var sets: Set<MarkSet> = []
  private var marksOnlyTCP = true

  init(_ state: PacketMarkState) {
    for selector in state.marks.keys {
      sets.insert(MarkSet(for: selector))
      if selector.protocolNumber != MarkRule.tcp { marksOnlyTCP = false }
    }
    for (key, translation) in state.sourceTranslations { sets.insert(MarkSet(for: key, translation)) }
    for masquerade in state.masquerades { sets.insert(MarkSet(for: masquerade)) }
  }

  /// The rules of a chain, in their order; none: the chain is not needed.
  ///
  /// The lookups are for what may begin a connection. While something is translated they are for all: connection tracking
  /// may forget a connection, and its next packet is translated by its mark as the first was.
  func rules(of chain: MarkChain) -> [MarkRule] {
    switch chain {
    case .input:
      (translates || marking.isEmpty ? [] : [.passSegments(onlyTCP: marksOnlyTCP)])
        + marking.map { .mark($0, isLast: $0 == marking.last) }
    case .output: translates ? marking.map { .markOwn($0) } : []
    case .postrouting: translating
    }
  }

  /// Whether something needs the kernel's network address translation, and with it connection tracking.
  private var translates: Bool { !translating.isEmpty }

  /// Single ports first, which most are.
  private var marking: [MarkSet] { [.marks4, .ranges4, .marks6, .ranges6].filter(sets.contains) }

  private var translating: [MarkRule] {
    MarkSet.allCases.filter(sets.contains).compactMap { set in
      switch set {
      case .marks4, .ranges4, .marks6, .ranges6: nil
      case .masquerade4, .masquerade6: .masquerade(set.family)
      case .snat4, .snat6: .translateSource(set.family)
      case .outbound4, .outbound6: .masqueradeOutbound(set.family)
      }
    }
  }
}
