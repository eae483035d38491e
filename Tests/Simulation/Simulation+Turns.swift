import Director
import IPVS
import LoadBalancing

extension Simulation {
  /// One turn as the Director takes it, with what may happen while it waits.
  ///
  /// - Returns: whether the kernel was left as it should be.
  @discardableResult
  mutating func turn(mayFail: Bool) throws(BrokenPromise) -> Bool {
    report.turns += 1
    let turn = course.begin()
    let mayFail = mayFail && generator.chance(in: 3)
    note("turn, look \(turn.look)\(mayFail ? ", may fail" : "")")
    guard look(turn, mayFail: mayFail) else { return false }

    let contract = contract
    let mayBeWrong = isDisturbed && turn.look != .everything
    if turn.look == .everything { isDisturbed = false }
    let plan = course.plan(turn)
    guard !plan.isPutOff else {
      note("put off")
      isDisturbed = true
      return false
    }
    takeOverNamed()
    let heldBack = course.contest.isOn
    let differences = contract.differences(to: kernel, owned: course.model.saved.owned.services)
    if !mayBeWrong, turn.look == .everything, plan.changes.count > differences {
      throw broken("\(plan.changes.count) changes where \(differences) differ: \(plan.changes)")
    }
    save()
    if mayFail, generator.chance(in: 8) {
      note("crash before the changes are made")
      try crash()
      return false
    }
    guard let made = try apply(plan.changes, of: contract, mayFail: mayFail, isFresh: !mayBeWrong) else {
      course.brokeOff()
      return false
    }
    if mayFail, generator.chance(in: 4) {
      reportHealth()
      return finish(plan, made: made)
    }
    guard finish(plan, made: made), !mayBeWrong, !isDisturbed else { return false }
    if let wrong = contract.violation(in: self) {
      guard heldBack else { throw broken("\(wrong) after \(plan.changes)") }
      return false
    }
    report.checks += 1
    return true
  }

  private mutating func look(_ turn: Course.Turn, mayFail: Bool) -> Bool {
    var whole = turn.look == .everything
    if turn.look == .notified { whole = course.saw(kernel.interfaces, kernel.marks) == nil }
    if whole {
      if mayFail, generator.chance(in: 5) {
        note("the look fails")
        course.brokeOff()
        return false
      }
      let question = course.question
      let observed = kernel.observe(question.sysctls, counting: question.counting)
      if mayFail, generator.chance(in: 3) { reportHealth() }
      if mayFail, generator.chance(in: 6) { operate() }
      if mayFail, generator.chance(in: 6) { configure() }
      _ = course.saw(observed, by: question)
    }
    return true
  }

  /// - Returns: what was made; nil when the exchange broke off.
  private mutating func apply(
    _ changes: [KernelChange], of contract: Contract, mayFail: Bool, isFresh: Bool
  ) throws(BrokenPromise) -> [KernelChange]? {
    let before = kernel
    var made: [KernelChange] = []
    let breakOff = mayFail && generator.chance(in: 6) ? Int.random(in: 0...changes.count, using: &generator) : .max
    let refuses = mayFail && generator.chance(in: 6)
    for (place, change) in changes.enumerated() {
      if place == breakOff {
        note("the exchange breaks off before \(change)")
        return nil
      }
      if refuses, generator.chance(in: 4) {
        note("refused: \(change)")
        continue
      }
      if let refusal = kernel.apply(change) {
        guard !isFresh || refuses else { throw broken("\(change): \(refusal)") }
        note("\(change): \(refusal)")
        continue
      }
      note("\(change)")
      made.append(change)
      report.changes += 1
      if isFresh, !refuses, let service = change.service, let both = contract.servesTwice(service, kernel),
        contract.servesTwice(service, before) == nil
      {
        throw broken("after \(change): \(both)")
      }
    }
    return breakOff == changes.count ? nil : made
  }

  private mutating func finish(_ plan: Course.TurnPlan, made: [KernelChange]) -> Bool {
    let done = Set(made)
    course.made(made)
    save()
    let repairs = plan.repairs.filter(done.contains)
    report.repairs += repairs.count
    _ = course.mended(repairs)
    // What was refused is tried again at the next look.
    if made.count < plan.changes.count { isDisturbed = true }
    return made.count == plan.changes.count
  }

  /// Lets everything come to rest and holds the world against the contract.
  mutating func settle() throws(BrokenPromise) {
    note("settle")
    for _ in 0..<200 {
      course.request(look: .everything)
      let isRight = try turn(mayFail: false)
      if isRight, contract.lingering(in: self).isEmpty {
        // What the course knows to be right is to be compared all the same.
        course.model.saved = course.model.saved
        course.request(look: .everything)
        let again = course.begin()
        saw(course.question)
        let plan = course.plan(again)
        guard plan.changes.isEmpty else { throw broken("not at rest: \(plan.changes)") }
        if let wrong = contract.violation(in: self, atRest: true) { throw broken(wrong) }
        return
      }
      kernel.connections = [:]
    }
    throw broken("never comes to rest: \(contract.violation(in: self) ?? "always something to change")")
  }

  mutating func saw(_ question: Course.Question) {
    _ = course.saw(kernel.observe(question.sysctls, counting: question.counting), by: question)
  }

  mutating func save() {
    if !isDiskFull { disk = course.model.saved }
  }

  var contract: Contract {
    Contract(
      configuration: configuration, words: words, health: health, agents: agents, isWithdrawn: isWithdrawn,
      marks: course.model.saved.marks.marks,
      checkMarks: course.model.saved.marks.checkMarks ?? [:], interfaces: kernel.interfaces)
  }
}

extension KernelChange {
  fileprivate var service: IPVSService.Key? {
    if case .ipvs(let change) = self { change.service } else { nil }
  }
}
