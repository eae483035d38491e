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
    case .makeRule(let chain, let rule): chain.append(rule, to: &builder)
    case .addElement(let element): element.append(.newSetElement, to: &builder)
    case .removeElement(let element): element.append(.deleteSetElement, to: &builder)
    }
  }

  /// The steps of a transaction; `replacing` makes the table anew in place of one that may be there, `translates` says
  /// whether something is translated until now, and whether it is afterwards.
  static func steps(
    for changes: [PacketMarkChange], replacing: Bool, translates: (before: Bool, after: Bool)
  ) -> [MarkStep] {
    var steps: [MarkStep] = []
    if replacing {
      // To drop a table that is not there is an error, to make one that is there is none.
      steps += [MarkStep(action: .makeTable), MarkStep(action: .dropTable), MarkStep(action: .makeTable)]
      steps += MarkSet.allCases.map { MarkStep(action: .makeSet($0)) }
    } else if translates.before != translates.after {
      steps += MarkChain.present(translates: translates.before).map { MarkStep(action: .dropChain($0)) }
    }
    if replacing || translates.before != translates.after {
      steps += MarkChain.present(translates: translates.after).flatMap { make($0, translates: translates.after) }
    }
    // Removals first: a range may take the place of others that it overlaps.
    for change in changes {
      if !replacing, let element = change.removed {
        steps.append(MarkStep(action: .removeElement(element), change: change))
      }
    }
    for change in changes {
      if let element = change.added { steps.append(MarkStep(action: .addElement(element), change: change)) }
    }
    return steps
  }

  private static func make(_ chain: MarkChain, translates: Bool) -> [MarkStep] {
    [MarkStep(action: .makeChain(chain))]
      + chain.rules(translates: translates).map { MarkStep(action: .makeRule(chain, $0)) }
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
