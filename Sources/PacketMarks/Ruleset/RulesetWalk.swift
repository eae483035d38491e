/// A packet's way through the rules, as far as it is certain.
///
/// Only what is certain counts: a rule that may or may not match takes no packet away, but may let one pass.
struct RulesetWalk {
  private enum Outcome {
    case accepted
    case dropped(PacketDrop.Place)
    /// On behind the jump, or to the policy.
    case returned
  }

  /// The kernel's own limit of jumps (`NFT_JUMP_STACK_SIZE`).
  private static let depthMax = 16
  private static let rulesMax = 200_000

  private let ruleset: Ruleset
  private let packet: TracedPacket
  private let hook: Ruleset.Hook
  private var mayPass = false
  private var rulesSeen = 0

  init(_ ruleset: Ruleset, _ packet: TracedPacket, at hook: Ruleset.Hook) {
    self.ruleset = ruleset
    self.packet = packet
    self.hook = hook
  }

  /// Where a base chain drops the packet for certain; nil: it passes, or may.
  static func drop(_ ruleset: Ruleset, _ packet: TracedPacket, at hook: Ruleset.Hook, in chain: Ruleset.Chain)
    -> PacketDrop?
  {
    var walk = RulesetWalk(ruleset, packet, at: hook)
    let outcome = walk.walk(chain, depth: 0)
    guard !walk.mayPass, walk.rulesSeen <= rulesMax else { return nil }
    switch outcome {
    case .accepted: return nil
    case .dropped(let place): return PacketDrop(hook: hook, table: chain.table, chain: chain.name, place: place)
    case .returned where chain.drops:
      return PacketDrop(hook: hook, table: chain.table, chain: chain.name, place: .policy)
    case .returned: return nil
    }
  }

  private mutating func walk(_ chain: Ruleset.Chain, depth: Int) -> Outcome {
    for rule in chain.rules {
      rulesSeen += 1
      guard rulesSeen <= Self.rulesMax, !mayPass else {
        mayPass = true
        return .returned
      }
      var reading = RuleReading(ruleset, packet, table: chain.table, at: hook)
      let (verdict, isCertain) = reading.read(rule)
      let place = PacketDrop.Place.rule(
        chain: chain.name, handle: rule.handle, packets: rule.expressions.compactMap(\.countedPackets).first)
      switch verdict {
      case .continue: continue
      case .drop:
        if isCertain { return .dropped(place) }
      case .accept:
        if isCertain { return .accepted }
        mayPass = true
      case .away: mayPass = true
      case .return:
        if isCertain { return .returned }
        mayPass = true
      case .jump(let name):
        let outcome = jump(to: name, from: chain, depth: depth)
        guard isCertain else {
          if case .accepted = outcome { mayPass = true }
          continue
        }
        if case .returned = outcome { continue }
        return outcome
      case .goTo(let name):
        let outcome = jump(to: name, from: chain, depth: depth)
        if isCertain { return outcome }
        if case .dropped = outcome { continue }
        mayPass = true
      }
    }
    return .returned
  }

  private mutating func jump(to name: String, from chain: Ruleset.Chain, depth: Int) -> Outcome {
    guard depth < Self.depthMax, let next = ruleset.chains[.init(table: chain.table, name: name)] else {
      mayPass = true
      return .returned
    }
    return walk(next, depth: depth + 1)
  }
}

/// Where rules drop a packet.
public struct PacketDrop: Hashable, Sendable {
  public enum Place: Hashable, Sendable {
    /// No rule of the base chain lets it pass, and its policy drops.
    case policy
    /// `packets`: what the rule's counter says, where it has one.
    case rule(chain: String, handle: UInt64, packets: UInt64?)
  }

  public let hook: Ruleset.Hook
  public let table: Ruleset.Table
  /// The base chain: a rule at its beginning that accepts comes before what drops.
  public let chain: String
  public let place: Place

  public init(hook: Ruleset.Hook, table: Ruleset.Table, chain: String, place: Place) {
    self.hook = hook
    self.table = table
    self.chain = chain
    self.place = place
  }
}

extension Ruleset {
  /// Every base chain that drops the packet for certain; none where some rule may let it pass.
  ///
  /// - Parameters:
  ///   - hooks: where it comes by.
  ///   - priorityMax: chains beyond it do not see the packet.
  public func drops(of packet: TracedPacket, at hooks: [Hook], priorityMax: Int32 = .max) -> [PacketDrop] {
    var packet = packet
    if untracksSome { packet.tracking.insert(.untracked) }
    return hooks.flatMap { [packet] hook in
      chains(at: hook, family: packet.protocolFamily, on: packet.input?.name)
        .filter { hook != .input || $0.priority <= priorityMax }
        .compactMap { RulesetWalk.drop(self, packet, at: hook, in: $0) }
    }
  }
}

extension RuleExpression {
  fileprivate var countedPackets: UInt64? { if case .counter(let packets) = self { packets } else { nil } }
}
