import IPVS
package import Interfaces
import LoadBalancing
package import PacketMarks

/// The way from the model to the kernel, but for the going: pure, so that a simulator can drive it as the Director does.
///
/// A turn goes ``begin()``, ``saw(_:)`` where it looks, ``plan(_:)``, ``made(_:)``; ``brokeOff()`` ends it anywhere.
package struct Course: Sendable {
  /// What the next turn reads of the kernel first.
  package enum Look: Int, Sendable, Comparable {
    case nothing
    /// Links, addresses and packet marks alone, because the kernel told of a change there.
    case notified
    case everything

    package static func < (left: Look, right: Look) -> Bool { left.rawValue < right.rawValue }
  }

  package struct Turn: Sendable {
    package let look: Look
    let scope: Scope
  }

  /// What beside the objects themselves a look must bring.
  package struct Question: Hashable, Sendable {
    /// The names of the sysctls whose values are wanted: none is changed before its value is known.
    package let sysctls: Set<String>
    /// Whether connections are to be counted, for whose sake entries stay.
    package let counting: Bool

    package init(sysctls: Set<String> = [], counting: Bool = false) {
      self.sysctls = sysctls
      self.counting = counting
    }

    fileprivate func covers(_ other: Question) -> Bool {
      other.sysctls.isSubset(of: sysctls) && (counting || !other.counting)
    }
  }

  package struct TurnPlan: Sendable {
    package var changes: [KernelChange] = []
    /// Those of the changes that undo what somebody else did.
    package var repairs: [KernelChange] = []
    /// Nothing may be decided on this look; the next turn takes another.
    package var isPutOff = false
  }

  package var model: Model { didSet { isRight = false } }
  /// The kernel as it was last seen, counted from the changes made since.
  package private(set) var observed: ObservedState? { didSet { isRight = false } }
  /// Whether what was last seen was all that the model wants, and neither has changed since: the same need not be
  /// compared again every second.
  private(set) var isRight = false
  package private(set) var contest = Contest()
  /// The kernel as lbd left it, while it is seen to be otherwise.
  private var left: ObservedState?
  /// Services of lbd's that nobody wants and the last look did not find.
  private var missing: Set<IPVSService.Key> = []
  /// Whether an exchange broke off, so that nobody knows which changes were made.
  private var isUncertain = false
  /// What the last look at everything asked for.
  private var asked = Question()
  /// The services whose desired state may have changed since the last turn.
  private var dirty: Set<String> = []
  private var nextLook = Look.everything

  package init(model: Model) {
    self.model = model
  }

  package mutating func request(_ labels: Set<String> = [], look: Look = .nothing) {
    dirty.formUnion(labels)
    nextLook = max(nextLook, look)
  }

  package mutating func begin() -> Turn {
    let turn = Turn(look: nextLook, scope: nextLook == .nothing ? .services(dirty) : .everything)
    (dirty, nextLook) = ([], .nothing)
    return turn
  }

  /// What a look at everything must bring.
  package var question: Question { question(given: observed) }

  private func question(given observed: ObservedState?) -> Question {
    let wanted = observed.map { model.wantedSysctls(given: $0).keys.map(\.self) } ?? []
    return Question(
      sysctls: Set(wanted).union(model.saved.originalSysctls.keys), counting: model.hasAbandonedEntries)
  }

  /// The servers of checks to which the way must be asked for before a look at everything.
  var distantServers: Set<IPAddress> { observed.map { model.distantServers(on: $0.interfaces) } ?? [] }

  /// Takes note of the ways to ``distantServers``; they stay known until the next are.
  mutating func found(_ routes: [IPAddress: Route]) {
    if observed?.routes != routes { observed?.routes = routes }
  }

  /// Takes note of a look at everything.
  ///
  /// - Parameters:
  ///   - question: the ``question`` when the look began.
  ///   - seconds: since the last look at everything.
  /// - Returns: addresses of ours whose link has come up, of which the neighbours should be told anew, and the changes
  ///   that nobody contests any more.
  package mutating func saw(_ state: ObservedState, by question: Question, after seconds: Int = 1) -> (
    risen: [InterfaceAddress], settled: [KernelChange]
  ) {
    asked = question
    var state = state
    state.routes = observed?.routes ?? [:]
    if isRight, state == observed {
      isUncertain = false
      return ([], contest.look(after: seconds))
    }
    let risen = follow(observed?.interfaces, to: state.interfaces)
    if left == nil, !isUncertain { left = observed }
    isUncertain = false
    observed = state
    model.routingMarks = state.routingMarks
    return (risen, contest.look(after: seconds))
  }

  /// Takes note of a look at links, addresses and packet marks.
  ///
  /// - Returns: addresses of ours whose link has come up; nil when only a look at everything will do, because sysctls
  ///   or counted connections are needed too or the last exchange broke off.
  package mutating func saw(
    _ interfaces: InterfaceSnapshot, _ packetMarks: PacketMarkState?
  ) -> [InterfaceAddress]? {
    guard let before = observed, !isUncertain else { return nil }
    var now = before
    now.interfaces = interfaces
    now.packetMarks = packetMarks
    let wanted = question(given: now)
    // An interface that comes, goes or is renamed has sysctls that do so too.
    guard !wanted.counting, asked.covers(wanted), interfaces.linkNames == before.interfaces.linkNames
    else { return nil }
    let risen = follow(before.interfaces, to: interfaces)
    if left == nil { left = before }
    observed = now
    return risen
  }

  /// The changes of a turn, noted as lbd's own before they are made, so that an interrupted lbd still knows them.
  package mutating func plan(_ turn: Turn) -> TurnPlan {
    guard let observed else { return TurnPlan() }
    let comparesAll = if case .everything = turn.scope { true } else { false }
    guard !comparesAll || !isRight else { return TurnPlan() }
    // A configuration or an interface that came during the look wants more.
    guard !comparesAll || asked.covers(question) else {
      nextLook = .everything
      return TurnPlan(isPutOff: true)
    }
    var plan = TurnPlan(changes: model.changes(from: observed, in: turn.scope))
    if comparesAll { missing = model.disownMissing(in: observed, besides: plan.changes, missing: missing) }
    var heldBack: Set<KernelObject> = []
    if let left, !plan.changes.isEmpty {
      // What would be needed, had the kernel stayed as lbd left it, is nobody else's doing.
      let asked = Set(model.changes(from: left, in: turn.scope))
      let repairs = model.repairs(among: plan.changes.filter { !asked.contains($0) })
      heldBack = Set(repairs.filter(contest.isHeldBack).map(\.object)).subtracting(asked.map(\.object))
      plan.changes.removeAll { heldBack.contains($0.object) }
      plan.repairs = repairs.filter { !heldBack.contains($0.object) }
    }
    if !plan.changes.isEmpty { model.own(plan.changes, given: observed) }
    if comparesAll {
      if heldBack.isEmpty { self.left = nil }
      // What others have made is seen by looks alone.
      model.takeOverNamed(in: observed)
      isRight = heldBack.isEmpty && plan.changes.isEmpty && missing.isEmpty
    }
    return plan
  }

  /// Takes note of changes that the kernel has made.
  package mutating func made(_ changes: [KernelChange]) {
    guard !changes.isEmpty else { return }
    observed?.record(changes)
    left?.record(changes)
    model.disown(changes)
  }

  /// Takes note of repairs that the kernel has made.
  ///
  /// - Returns: those that are contested from now on.
  package mutating func mended(_ repairs: [KernelChange]) -> [KernelChange] { contest.note(repairs) }

  /// Takes note of an exchange that failed as a whole: the next turn looks at everything.
  package mutating func brokeOff() {
    isUncertain = true
    left = nil
    nextLook = .everything
  }

  /// Follows links that were renamed or came up.
  private mutating func follow(_ before: InterfaceSnapshot?, to now: InterfaceSnapshot) -> [InterfaceAddress] {
    guard before?.links != now.links else { return [] }
    model.saved.follow(now.links)
    let known = Dictionary((before?.links ?? []).map { ($0.index, $0) }) { first, _ in first }
    var risen: Set<String> = []
    for link in now.links {
      guard let old = known[link.index] else { continue }
      if link.isUp, link.hasCarrier, !(old.isUp && old.hasCarrier) { risen.insert(link.name) }
    }
    return now.addresses.map(\.place).filter {
      risen.contains($0.interface) && model.saved.owned.addresses.contains($0)
    }
  }
}

extension InterfaceSnapshot {
  /// The names of the links, by index.
  fileprivate var linkNames: [UInt32: String] { Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first } }
}
