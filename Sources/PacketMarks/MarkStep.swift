import LoadBalancing
import Netlink

/// One message of a transaction.
struct MarkStep {
  enum Action {
    case makeTable
    case dropTable
    case makeSet(MarkSet)
    case makeChain(MarkChain)
    case dropChain(MarkChain)
    case dropRules(MarkChain)
    case makeRule(MarkChain, MarkRule)
    case addElement(MarkElement)
    case removeElement(MarkElement)
  }

  var action: Action
  /// What the step belongs to; nil: the layout of the table.
  var change: PacketMarkChange?

  func append(to builder: inout MessageBuilder) {
    switch action {
    case .makeTable:
      builder.nfTables(.newTable, flags: .create) { builder in
        builder.attribute(NFTables.TableAttribute.name, TableLayout.name)
        builder.attribute(NFTables.TableAttribute.userData, bytes: TableLayout.userData)
      }
    case .dropTable:
      builder.nfTables(.deleteTable) { $0.attribute(NFTables.TableAttribute.name, TableLayout.name) }
    case .makeSet(let set): set.appendCreation(to: &builder)
    case .makeChain(let chain): chain.appendCreation(to: &builder)
    case .dropChain(let chain): chain.appendRemoval(to: &builder)
    case .dropRules(let chain): chain.appendFlush(to: &builder)
    case .makeRule(let chain, let rule): chain.append(rule, to: &builder)
    case .addElement(let element): element.append(.newSetElement, to: &builder)
    case .removeElement(let element): element.append(.deleteSetElement, to: &builder)
    }
  }

  /// Removes the table with all that it holds. To remove one that is not there is an error, to make one that is there is
  /// none.
  static let removal = [MarkStep(action: .makeTable), MarkStep(action: .dropTable)]

  /// The steps of a transaction from what the table holds to what it is to hold; from nil it is made anew, in place of
  /// one that may be there.
  static func steps(
    for changes: [PacketMarkChange], from before: PacketMarkState?, to after: PacketMarkState
  ) -> [MarkStep] {
    var steps: [MarkStep] = []
    if before == nil {
      steps += removal + [MarkStep(action: .makeTable)]
      steps += MarkSet.allCases.map { MarkStep(action: .makeSet($0)) }
    }
    let needs = (before: TableNeeds(before ?? PacketMarkState()), after: TableNeeds(after))
    if needs.before != needs.after {
      for chain in MarkChain.allCases {
        steps += turn(chain, from: needs.before.rules(of: chain), to: needs.after.rules(of: chain))
      }
    }
    // Removals first: a range may take the place of others that it overlaps.
    for change in changes {
      if before != nil, let element = change.removed {
        steps.append(MarkStep(action: .removeElement(element), change: change))
      }
    }
    for change in changes {
      if let element = change.added { steps.append(MarkStep(action: .addElement(element), change: change)) }
    }
    return steps
  }

  private static func turn(_ chain: MarkChain, from old: [MarkRule], to new: [MarkRule]) -> [MarkStep] {
    guard old != new else { return [] }
    if new.isEmpty { return [MarkStep(action: .dropChain(chain))] }
    return [MarkStep(action: old.isEmpty ? .makeChain(chain) : .dropRules(chain))]
      + new.map { MarkStep(action: .makeRule(chain, $0)) }
  }
}

extension PacketMarkChange {
  fileprivate var removed: MarkElement? {
    switch self {
    case .setMark(let selector, _, let old): old.map { MarkElement(selector, $0) }
    case .removeMark(let selector, let old): MarkElement(selector, old)
    case .setSourceTranslation(let key, _, let old): old.map { MarkElement(key, $0) }
    case .removeSourceTranslation(let key, let old): MarkElement(key, old)
    case .addMasquerade: nil
    case .removeMasquerade(let masquerade): MarkElement(masquerade)
    case .removeTable: nil
    }
  }

  fileprivate var added: MarkElement? {
    switch self {
    case .setMark(let selector, let mark, _): MarkElement(selector, mark)
    case .setSourceTranslation(let key, let value, _): MarkElement(key, value)
    case .addMasquerade(let masquerade): MarkElement(masquerade)
    case .removeMark, .removeSourceTranslation, .removeMasquerade, .removeTable: nil
    }
  }
}
