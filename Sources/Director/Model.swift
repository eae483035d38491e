import IPVS
import Interfaces
package import LoadBalancing
import PacketMarks

/// All that decides what the kernel should hold: the configuration, the operator's word and the last health.
///
/// Pure: nothing here waits or touches the machine.
package struct Model: Sendable {
  package private(set) var configuration: LoadBalancer
  package var saved: SavedState
  /// By label.
  package private(set) var states: [String: ServiceState] = [:]
  /// The services that each check decides about.
  private(set) var labels: [CheckTarget: Set<String>] = [:]
  /// What forwards the checks through virtual addresses.
  private(set) var relays: Set<CheckRelay> = []
  private(set) var relayKeys: Set<IPVSService.Key> = []
  package private(set) var health: [CheckTarget: Health] = [:]
  /// What the servers' agents have said; of those without a health, what the kernel's weights let suppose.
  package private(set) var agents: [CheckTarget: AgentReport] = [:]
  /// What the last run left.
  let remembered: SavedState
  /// The marks that policy routing uses, of the last look.
  var routingMarks: [RoutingMark] = []

  package init(configuration: LoadBalancer, saved: SavedState) {
    self.configuration = configuration
    self.saved = saved
    remembered = saved
    configure(configuration)
    recallAgents()
  }

  /// Every check that is needed, each once.
  package var targets: Set<CheckTarget> { Set(labels.keys) }

  /// The checks that decide about a service's servers.
  func targets(of service: VirtualService) -> [CheckTarget] {
    service.realServers.flatMap { service.checks(of: $0, defaults: configuration.global.healthCheck) }
  }

  func service(_ label: String) -> VirtualService? { states[label]?.service }

  /// Takes over a configuration; the health of checks that stay is kept.
  ///
  /// - Parameter renaming: a label that has become another by it.
  package mutating func configure(_ new: LoadBalancer, renaming: Renaming? = nil) {
    if let renaming { follow(renaming) }
    let inherited = inheritedHealth(for: new)
    for (after, before) in replacedAgentChecks(in: new) {
      (agents[after], health[after]) = (agents[before], health[before])
    }
    configuration = new
    labels = [:]
    for service in new.virtualServices where service.enabled {
      for server in service.realServers {
        for target in service.checks(of: server, defaults: new.global.healthCheck) {
          labels[target, default: []].insert(service.label)
        }
      }
    }
    health = health.filter { labels[$0.key] != nil }
    health.merge(inherited) { known, _ in known }
    agents = agents.filter { labels[$0.key] != nil }
    relays = Set(labels.keys.compactMap(\.relay))
    assignMarks()
    (states, saved.down, saved.agents) = ([:], [:], [:])
    for service in new.virtualServices { refresh(service) }
  }

  /// Programs are told the labels: their checks become those of the new label, whose health is known.
  private mutating func follow(_ renaming: Renaming) {
    let renamed = configuration.renamed(renaming)
    for (old, new) in zip(configuration.virtualServices, renamed.virtualServices) where old != new {
      for (before, after) in zip(targets(of: old), targets(of: new)) where before != after {
        health[after] = health[before]
      }
    }
    configuration = renamed
  }

  /// Learns from a first look which marks are in use by lbd's own table, when the state that remembered them is lost.
  mutating func learnMarks(from observed: ObservedState) {
    saved.marks = remembered.marks
    // A service whose label was changed meanwhile has its mark still.
    saved.marks.forget(except: Set(configuration.virtualServices.map(\.label)))
    // Whoever has a mark of the table inet lbd is lbd's own, configured or not.
    for (selector, mark) in observed.packetMarks?.marks ?? [:] {
      let key = IPVSService.Key.firewallMark(mark, selector.address.family)
      if observed.services[key] != nil { saved.owned.services.insert(key) }
    }
    let base = configuration.global.firewallMarkBase ?? MarkAssignment.defaultBase
    saved.owned.services.formUnion(observed.services.values.filter { $0.isRelay(onMarksFrom: base) }.map(\.service.key))
    for service in configuration.virtualServices {
      guard case .address(let address, let ports, let transport) = service.entry, let range = ports.ranges.first,
        let number = transport.numbers.first
      else { continue }
      let selector = PacketMarkSelector(address: address, protocolNumber: number, ports: range)
      guard let mark = observed.packetMarks?.marks[selector] else { continue }
      saved.marks.adopt(mark, for: service.label)
      saved.owned.services.insert(.firewallMark(mark, address.family))
    }
    assignMarks()
  }

  /// Goes back to what the last run remembered by labels, whatever the configuration holds.
  mutating func restoreLabels() { (saved.marks, saved.agents) = (remembered.marks, remembered.agents) }

  /// Notes the health of checks.
  ///
  /// - Returns: the labels of the services concerned.
  package mutating func note(_ changes: [CheckTarget: Health]) -> Set<String> {
    var concerned: Set<String> = []
    for (target, new) in changes {
      guard let services = labels[target] else { continue }
      health[target] = new
      concerned.formUnion(services)
    }
    refresh(concerned)
    return concerned
  }

  /// Notes what servers' agents say.
  package mutating func note(_ reports: [CheckTarget: AgentReport]) {
    for (target, report) in reports where labels[target] != nil { agents[target] = report }
  }

  /// Forgets what is known by checks.
  mutating func forget(_ targets: [CheckTarget]) {
    for target in targets { (agents[target], health[target]) = (nil, nil) }
  }

  package mutating func setOperatorState(_ state: OperatorState, of name: ServerName) {
    saved[name] = state
    refresh([name.service])
  }

  mutating func refresh(_ labels: Set<String>) {
    for label in labels {
      if let service = states[label]?.service { refresh(service) }
    }
  }

  private mutating func refresh(_ service: VirtualService) {
    let state = state(of: service)
    states[service.label] = state
    let down = state.servers.filter { $0.health == .down }.map(\.server.label)
    saved.down?[service.label] = down.isEmpty ? nil : down
    let reports = rememberedReports(of: service)
    saved.agents?[service.label] = reports
  }

  func health(of server: RealServer, in service: VirtualService) -> Health {
    guard service.enabled else { return .unknown }
    let checks = service.checks(of: server, defaults: configuration.global.healthCheck)
    return Health(all: checks.map { health[$0] ?? Model.health(before: $0) })
  }

  /// The health of a check that has not been run.
  static func health(before target: CheckTarget) -> Health {
    switch target.probe {
    case .on, .agent: .unchecked
    case .off: .down
    default: .unknown
    }
  }

  private func state(of service: VirtualService) -> ServiceState {
    ServiceState(
      service: service,
      servers: service.realServers.map { server in
        let checks = service.checks(of: server, defaults: configuration.global.healthCheck)
        let said = checks.compactMap { agents[$0] }
        return ServerState(
          server: server, operatorState: saved[ServerName(service: service.label, server: server.label)],
          health: health(of: server, in: service), share: said.map(\.servingShare).min() ?? 100,
          isInMaintenance: said.contains { $0.admission == .maintenance })
      })
  }

  private mutating func assignMarks() {
    let foreign = Set(
      configuration.virtualServices.compactMap { service -> UInt32? in
        if case .firewallMark(let mark, _) = service.entry { mark } else { nil }
      })
    saved.marks.assign(
      to: configuration.virtualServices.filter(\.needsMark).map(\.label), relays: relays,
      keeping: Set(configuration.virtualServices.map(\.label)),
      base: configuration.global.firewallMarkBase ?? MarkAssignment.defaultBase,
      isTaken: { mark in foreign.contains(mark) || routingMarks.contains { $0.matches(mark) } })
    relayKeys = Set(
      relays.compactMap { relay in saved.marks.mark(of: relay).map { .firewallMark($0, relay.family) } })
  }
}
