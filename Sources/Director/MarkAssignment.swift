public import LoadBalancing

/// The marks that lbd sets, one for each service and family; a mark once given stays with its service.
public struct MarkAssignment: Hashable, Sendable, Codable {
  /// Where marks begin unless the configuration says otherwise; the letters "LB" in the upper half.
  public static let defaultBase: UInt32 = 0x4C42_0000
  /// How many more marks there are from the base on; the configuration leaves as much room above it.
  static let spread: UInt32 = 0xFFFF

  /// By the label of the virtual service.
  public private(set) var marks: [String: UInt32]
  /// The mark that a service had before it got another; established connections may still be found by it.
  public private(set) var former: [String: UInt32]?
  /// Those of checks through virtual addresses, by the words of their relays; nil when there are none.
  public private(set) var checkMarks: [String: UInt32]?

  public init(marks: [String: UInt32] = [:]) {
    self.marks = marks
  }

  /// Gives a mark to each label and relay that has none, the lowest that is free, and forgets those that are gone.
  ///
  /// - Parameters:
  ///   - labels: the services that need a mark, in the order of the configuration.
  ///   - relays: what forwards checks to single servers.
  ///   - base: where marks begin.
  ///   - isTaken: marks that others use; a service that has one of them gets another.
  public mutating func assign(
    to labels: [String], relays: Set<CheckRelay> = [], keeping known: Set<String>, base: UInt32,
    isTaken: (UInt32) -> Bool
  ) {
    forget(except: known)
    let free = Self.room(for: labels.count + relays.count, from: base, isTaken: isTaken)
    // Where others use them all, a mark that is used twice is better than none.
    let room = free ?? base...(base + Self.spread)
    func isFit(_ mark: UInt32) -> Bool { mark >= room.lowerBound && (free == nil || !isTaken(mark)) }
    let unfit = marks.filter { !isFit($0.value) }
    if !unfit.isEmpty { former = (former ?? [:]).merging(unfit) { _, newer in newer } }
    marks = marks.filter { unfit[$0.key] == nil }
    let relays = Set(relays.map(\.description))
    var checks = (checkMarks ?? [:]).filter { relays.contains($0.key) && isFit($0.value) }
    var used = Set(marks.values).union(checks.values).union(former?.values.map(\.self) ?? [])
    var candidates = room[...]
    func next() -> UInt32 {
      while let mark = candidates.popFirst() {
        if !used.contains(mark), isFit(mark) { return used.insert(mark).memberAfterInsert }
      }
      return used.insert(room.first { !used.contains($0) } ?? room.lowerBound).memberAfterInsert
    }
    for label in labels where marks[label] == nil { marks[label] = next() }
    for relay in relays.subtracting(checks.keys).sorted() { checks[relay] = next() }
    checkMarks = checks.isEmpty ? nil : checks
  }

  /// Where there are so many marks that nobody else uses: from the base on, or, where a rule of policy routing takes all
  /// of those by a mask, from a number on that differs from it in one bit. nil: nowhere.
  private static func room(
    for count: Int, from base: UInt32, isTaken: (UInt32) -> Bool
  ) -> ClosedRange<UInt32>? {
    let bases = [base] + (16..<32).reversed().map { base ^ (1 << $0) }
    for base in bases where base <= .max - spread {
      // 0 is no mark.
      let room = max(base, 1)...(base + spread)
      var free = 0
      for mark in room where !isTaken(mark) {
        free += 1
        if free >= count { return room }
      }
    }
    return nil
  }

  /// Forgets the marks of services that are gone.
  mutating func forget(except known: Set<String>) {
    marks = marks.filter { known.contains($0.key) }
    former = former?.filter { known.contains($0.key) }
  }

  func mark(of relay: CheckRelay) -> UInt32? { checkMarks?[relay.description] }

  /// Notes the mark that a service is seen to have, when none is known; a check that was to have it gets another.
  mutating func adopt(_ mark: UInt32, for label: String) {
    guard marks[label] == nil, !marks.values.contains(mark) else { return }
    marks[label] = mark
    checkMarks = checkMarks?.filter { $0.value != mark }
  }

  /// The service that has a mark, or had it before its own.
  public func label(of mark: UInt32) -> String? {
    (marks.first { $0.value == mark } ?? former?.first { $0.value == mark })?.key
  }

  /// Gives the mark of one label to another, when a service is renamed.
  public mutating func rename(_ old: String, to new: String) {
    marks[new] = marks.removeValue(forKey: old)
    if let mark = former?.removeValue(forKey: old) { former?[new] = mark }
  }
}
