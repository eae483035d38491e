import Director
import IPVS
import Interfaces
import LoadBalancing

extension Simulation {
  /// Some check of some server ends otherwise than before, or for the first time.
  mutating func reportHealth() {
    let targets = course.model.configuration.virtualServices.flatMap { service in
      service.enabled
        ? service.realServers.flatMap { service.checks(of: $0, defaults: configuration.global.healthCheck) } : []
    }.filter { $0.probe != .on && $0.probe != .off }
    guard let target = generator.pick(targets) else { return }
    guard !target.isAgent else { return speak(target) }
    let result: Health = generator.chance(in: 3) ? .down : .up
    note("check of \(target.server): \(result)")
    health[target] = result
    course.request(course.model.note([target: result]))
  }

  /// A server's agent says something new.
  private mutating func speak(_ target: CheckTarget) {
    let shares: [Int?] = [nil, 0, 50, 100]
    let admissions: [AgentReport.Admission?] = [nil, .ready, .ready, .drain, .maintenance]
    let downs: [Bool?] = [nil, false, false, true]
    var report = agents[target] ?? AgentReport()
    report.apply(
      AgentStatement(
        share: generator.pick(shares) ?? nil, admission: generator.pick(admissions) ?? nil,
        isDown: generator.pick(downs) ?? nil))
    note("agent of \(target.server): \(report)")
    (agents[target], health[target]) = (report, report.health)
    course.model.note([target: report])
    course.request(course.model.note([target: report.health]))
  }

  /// The operator says something about some server.
  mutating func operate() {
    let names = configuration.virtualServices.flatMap { service in
      service.realServers.map { ServerName(service: service.label, server: $0.label) }
    }
    guard let name = generator.pick(names), let word = generator.pick(OperatorState.allCases) else { return }
    note("operator: \(name) \(word)")
    words[name] = word
    course.model.setOperatorState(word, of: name)
    save()
    course.request([name.service])
  }

  mutating func withdrawOrResume() {
    isWithdrawn.toggle()
    let word = isWithdrawn ? "withdraw" : "resume"
    note(word)
    course.model.saved.withdrawn = isWithdrawn
    course.request(look: .everything)
  }

  /// Another configuration, or one service of it otherwise, or under another label.
  mutating func configure() {
    var new = configuration
    let count = new.virtualServices.count
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: new = World.configuration(&generator)
    case 1 where count > 0:
      let place = Int.random(in: 0..<count, using: &generator)
      return rename(new.virtualServices[place].label)
    default:
      let place = Int.random(in: 0..<World.labels.count, using: &generator)
      let service = World.service(place, &generator)
      new.virtualServices.removeAll { $0.label.first == service.label.first }
      if !generator.chance(in: 4) { new.virtualServices.append(service) }
    }
    note("configuration: \(new.virtualServices.map { "\($0.label) \($0.entry) \($0.realServers.map(\.label))" })")
    adopt(new)
  }

  private mutating func rename(_ label: String) {
    let other = label.count == 1 ? label + "2" : String(label.prefix(1))
    note("rename \(label) to \(other)")
    let renaming = Renaming.service(label, to: other)
    course.model.saved.rename(renaming)
    let own = words.filter { $0.key.service == label }
    words = words.filter { $0.key.service != label && $0.key.service != other }
    for (name, word) in own { words[ServerName(service: other, server: name.server)] = word }
    adopt(configuration.renamed(renaming), renaming)
  }

  private mutating func adopt(_ new: LoadBalancer, _ renaming: Renaming? = nil) {
    configuration = new
    course.model.configure(new, renaming: renaming)
    (health, agents) = (course.model.health, course.model.agents)
    course.request(look: .everything)
  }

  /// What the configuration names is lbd's from now on.
  mutating func takeOverNamed() {
    for key in contract.entries.keys { foreignServices[key] = nil }
  }

  /// Connections come and go.
  mutating func talk() {
    let places = kernel.services.values.flatMap { entry in entry.destinations.keys.map { (entry.service.key, $0) } }
      .sorted { ("\($0.0)", "\($0.1)") < ("\($1.0)", "\($1.1)") }
    kernel.connections = [:]
    for (key, destination) in places where generator.chance(in: 2) {
      kernel.connections[key, default: []].insert(destination)
    }
  }

  // MARK: The end of lbd

  /// lbd starts with what is on disk.
  mutating func start() throws(BrokenPromise) {
    let saved = disk
    isWithdrawn = saved.withdrawn
    course = Course(model: Model(configuration: configuration, saved: saved))
    let first = kernel.observe([], counting: false)
    _ = course.saw(first, by: Course.Question())
    course.model.takeOver(first)
    (health, agents) = (course.model.health, course.model.agents)
    isDisturbed = false
    words = [:]
    for (service, servers) in saved.operatorStates {
      for (server, word) in servers { words[ServerName(service: service, server: server)] = word }
    }
    // What a lost or old state file does not tell is nobody's any more.
    for name in kernel.sysctls.keys {
      originals[name] = course.model.saved.originalSysctls[name] ?? kernel.sysctls[name]
    }
    let known = course.model.saved.owned.services
    let wanted = contract.entries
    for (key, entry) in kernel.services where !known.contains(key) && wanted[key] == nil {
      foreignServices[key] = entry
    }
    takeOverNamed()
  }

  /// lbd is killed and started again, perhaps after a reboot or with a lost state file.
  mutating func crash() throws(BrokenPromise) {
    report.crashes += 1
    let isRight = isAtRest && contract.violation(in: self, atRest: true) == nil && course.model.saved == disk
    switch Int.random(in: 0..<8, using: &generator) {
    case 0:
      note("reboot")
      kernel = SimulatedKernel()
      foreignServices = [:]
      foreignAddresses = []
      disk.began(bootID: "boot \(report.steps)")
      try start()
    case 1:
      note("crash, the state file is lost")
      disk = SavedState()
      try start()
    default:
      note("crash")
      try start()
      guard isRight else { return }
      try restartChangesNothing()
    }
  }

  /// Whether lbd, if it looked now, would have nothing to do.
  private var isAtRest: Bool {
    var course = course
    course.request(look: .everything)
    let turn = course.begin()
    let question = course.question
    _ = course.saw(kernel.observe(question.sysctls, counting: question.counting), by: question)
    let plan = course.plan(turn)
    return !isDisturbed && !plan.isPutOff && plan.changes.isEmpty
  }

  /// A restart in a world at rest leaves the kernel alone.
  private mutating func restartChangesNothing() throws(BrokenPromise) {
    let turn = course.begin()
    saw(course.question)
    let plan = course.plan(turn)
    guard plan.changes.isEmpty else { throw broken("a restart changes the kernel: \(plan.changes)") }
  }
}
