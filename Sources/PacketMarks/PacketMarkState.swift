public import LoadBalancing

/// What the table `inet lbd` holds.
public struct PacketMarkState: Hashable, Sendable {
  public var marks: [PacketMarkSelector: UInt32]
  public var sourceTranslations: [SourceTranslation.Key: SourceTranslation]
  public var masquerades: Set<OutboundMasquerade>
  /// The table is there, but not as lbd makes it: of another layout, or spoilt, as by somebody who took the last element
  /// out of a set whose rule is still there. Nothing else is known of it then, and any change makes it anew.
  public private(set) var isSpoilt = false

  public static let spoilt: PacketMarkState = {
    var state = PacketMarkState()
    state.isSpoilt = true
    return state
  }()

  public init(
    marks: [PacketMarkSelector: UInt32] = [:],
    sourceTranslations: [SourceTranslation.Key: SourceTranslation] = [:],
    masquerades: Set<OutboundMasquerade> = []
  ) {
    self.marks = marks
    self.sourceTranslations = sourceTranslations
    self.masquerades = masquerades
  }

  public var isEmpty: Bool { marks.isEmpty && sourceTranslations.isEmpty && masquerades.isEmpty }

  /// What to change to get from this state to another, in a fixed order; removals come first, so that a range may
  /// take the place of others that it overlaps.
  public func changes(to desired: PacketMarkState) -> [PacketMarkChange] {
    if isSpoilt, desired.isEmpty { return [.removeTable] }
    var removals: [PacketMarkChange] = []
    var additions: [PacketMarkChange] = []
    for (selector, mark) in marks.sorted(by: { $0.key < $1.key }) where desired.marks[selector] == nil {
      removals.append(.removeMark(selector, mark))
    }
    for (selector, mark) in desired.marks.sorted(by: { $0.key < $1.key }) where marks[selector] != mark {
      additions.append(.setMark(selector, mark, replacing: marks[selector]))
    }
    for (key, value) in sourceTranslations.sorted(by: { $0.key < $1.key }) where desired.sourceTranslations[key] == nil
    {
      removals.append(.removeSourceTranslation(key, value))
    }
    for (key, value) in desired.sourceTranslations.sorted(by: { $0.key < $1.key })
    where sourceTranslations[key] != value {
      additions.append(.setSourceTranslation(key, value, replacing: sourceTranslations[key]))
    }
    removals += masquerades.subtracting(desired.masquerades).sorted(by: PacketMarkState.areInOrder)
      .map { .removeMasquerade($0) }
    additions += desired.masquerades.subtracting(masquerades).sorted(by: PacketMarkState.areInOrder)
      .map { .addMasquerade($0) }
    return removals + additions
  }

  /// The state after a change that succeeded.
  public mutating func apply(_ change: PacketMarkChange) {
    isSpoilt = false
    switch change {
    case .removeTable: self = PacketMarkState()
    case .setMark(let selector, let mark, _): marks[selector] = mark
    case .removeMark(let selector, _): marks[selector] = nil
    case .setSourceTranslation(let key, let value, _): sourceTranslations[key] = value
    case .removeSourceTranslation(let key, _): sourceTranslations[key] = nil
    case .addMasquerade(let masquerade): masquerades.insert(masquerade)
    case .removeMasquerade(let masquerade): masquerades.remove(masquerade)
    }
  }

  private static func areInOrder(_ left: OutboundMasquerade, _ right: OutboundMasquerade) -> Bool {
    (left.source.network, left.source.prefixLength, left.interface)
      < (right.source.network, right.source.prefixLength, right.interface)
  }
}
