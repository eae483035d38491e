/// One rule, read for one packet: what its registers hold, and what becomes of the packet.
struct RuleReading {
  private let ruleset: Ruleset
  private let packet: TracedPacket
  private let table: Ruleset.Table
  private let hook: Ruleset.Hook
  /// `NFT_REG32_00` to 15, one behind the other.
  private var registers = PartialBytes.unknown(64)

  init(_ ruleset: Ruleset, _ packet: TracedPacket, table: Ruleset.Table, at hook: Ruleset.Hook) {
    self.ruleset = ruleset
    self.packet = packet
    self.table = table
    self.hook = hook
  }

  /// What the rule says, and whether it certainly says so; `continue` when it does not concern the packet.
  mutating func read(_ rule: Ruleset.Rule) -> (verdict: RuleExpression.Verdict, isCertain: Bool) {
    var isCertain = true
    for expression in rule.expressions {
      var holds: Bool? = true
      switch expression {
      case .load(let field, let place): load(field, into: place)
      case .immediate(let value, let place): registers.replace(from: place, with: PartialBytes(value).padded)
      case .mask(let from, let into, let mask, let xor):
        let value = registers.bytes(from: from, count: mask.count).masked(by: mask, xor: xor)
        registers.replace(from: into, with: value.padded)
      case .compare(let place, let operation, let value):
        holds = Self.compare(registers.bytes(from: place, count: value.count), operation, value)
      case .range(let place, let isInside, let from, let to):
        let value = registers.bytes(from: place, count: from.count)
        holds = value.isKnown && from.count == to.count ? value.isBetween(from, to) == isInside : nil
      case .lookUp(let name, let key, let into, let isInverted):
        switch lookUp(name, key, into) {
        case .verdict(let verdict): return (verdict, isCertain)
        case .found(let found): holds = isInverted ? found.map { !$0 } : found
        }
      case .verdict(let verdict): return (verdict, isCertain)
      case .match(let name, let revision, let info): holds = packet.fits(name, revision: revision, info)
      case .counter, .untracks, .neutral: break
      case .uncertain: holds = nil
      }
      if holds == false { return (.continue, true) }
      if holds == nil { isCertain = false }
    }
    return (.continue, true)
  }

  private mutating func load(_ field: RuleExpression.Field, into place: Int) {
    // Nothing is tracked yet where an ingress chain sees it.
    let isEarly = if case .connection = field { hook == .ingress } else { false }
    guard !isEarly, let value = packet.read(field) else {
      return registers.replace(from: place, with: .unknown(16))
    }
    registers.replace(from: place, with: value.padded)
  }

  private static func compare(_ value: PartialBytes, _ operation: UInt32, _ other: [UInt8]) -> Bool? {
    // NFT_CMP_…
    switch operation {
    case 0: value.equals(other)
    case 1: value.equals(other).map { !$0 }
    case 2: value.precedes(other)
    case 3: value.isKnown ? value.equals(other) == true || value.precedes(other) == true : nil
    case 4: value.isKnown ? value.equals(other) == false && value.precedes(other) == false : nil
    case 5: value.precedes(other).map { !$0 }
    default: nil
    }
  }

  private enum Found {
    case found(Bool?)
    case verdict(RuleExpression.Verdict)
  }

  private mutating func lookUp(_ name: String, _ place: Int, _ into: Int?) -> Found {
    guard let set = ruleset.sets[.init(table: table, name: name)], let elements = set.elements, set.keyCount > 0 else {
      return unclear(into, nil)
    }
    let key = registers.bytes(from: place, count: set.keyCount)
    switch set.find(key) {
    case .none: return .found(false)
    case .some(nil): return unclear(into, elements)
    case .some(let element?):
      guard let into else { return .found(true) }
      if into == RuleExpression.verdictRegister { return .verdict(element.verdict ?? .away) }
      registers.replace(from: into, with: element.value.map { PartialBytes($0).padded } ?? .unknown(16))
      return .found(true)
    }
  }

  /// Nobody knows which element it is: of verdicts, those that drop take nothing away.
  private mutating func unclear(_ into: Int?, _ elements: [Ruleset.Element]?) -> Found {
    guard let into else { return .found(nil) }
    if into == RuleExpression.verdictRegister {
      let mayPass = elements?.contains { $0.verdict != .drop && $0.verdict != .continue && !$0.endsInterval }
      return .verdict(mayPass == false ? .continue : .away)
    }
    registers.replace(from: into, with: .unknown(16))
    return .found(nil)
  }
}

extension PartialBytes {
  fileprivate func isBetween(_ from: [UInt8], _ to: [UInt8]) -> Bool {
    precedes(from) == false && (precedes(to) == true || equals(to) == true)
  }
}

extension Ruleset.ElementSet {
  /// The element that a key belongs to: nil for none, an empty one when that is open.
  func find(_ key: PartialBytes) -> Ruleset.Element?? {
    guard let elements, !elements.contains(where: \.isCatchAll) else { return .some(nil) }
    if elements.isEmpty { return .none }
    guard hasIntervals else {
      let possible = elements.filter { key.equals($0.key) != false }
      if possible.isEmpty { return .none }
      return .some(key.isKnown ? possible.first : nil)
    }
    guard key.isKnown else { return .some(nil) }
    if elements.contains(where: { $0.keyEnd != nil }) { return findField(key, in: elements) }
    // An interval begins at one element and ends before another, marked so; of two at one place the beginning counts.
    var best: Ruleset.Element?
    for element in elements where element.key.count == key.count && key.precedes(element.key) == false {
      guard let known = best else {
        best = element
        continue
      }
      if known.key.lexicographicallyPrecedes(element.key) || (known.key == element.key && known.endsInterval) {
        best = element
      }
    }
    guard let best, !best.endsInterval else { return .none }
    return .some(best)
  }

  /// Concatenations: each field has a range of its own. Their bounds are known for fields of one word.
  private func findField(_ key: PartialBytes, in elements: [Ruleset.Element]) -> Ruleset.Element?? {
    guard keyCount <= 12 else { return .some(nil) }
    for element in elements {
      let end = element.keyEnd ?? element.key
      guard element.key.count == key.count, end.count == key.count else { return .some(nil) }
      let isInside = stride(from: 0, to: key.count, by: 4).allSatisfy { start in
        let field = key.bytes(from: start, count: min(4, key.count - start))
        let bounds = start..<start + field.count
        return field.isBetween(Array(element.key[bounds]), Array(end[bounds]))
      }
      if isInside { return .some(element) }
    }
    return .none
  }
}
