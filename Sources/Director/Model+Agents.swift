import LoadBalancing

/// What agents have said holds until they take it back: over edits of their checks, and over restarts.
extension Model {
  /// What agents have said themselves, without what the kernel's weights let suppose.
  var agentReports: [CheckTarget: AgentReport] { agents.filter { health[$0.key] != nil } }

  /// The checks by which agents have spoken, by those that will ask them in another configuration.
  func replacedAgentChecks(in new: LoadBalancer) -> [CheckTarget: CheckTarget] {
    guard !agents.isEmpty else { return [:] }
    let before = Dictionary(configuration.virtualServices.map { ($0.label, $0) }) { first, _ in first }
    var replaced: [CheckTarget: CheckTarget] = [:]
    for service in new.virtualServices where service.enabled {
      guard let old = before[service.label] else { continue }
      for server in service.realServers {
        let checks = service.agentChecks(of: server, defaults: new.global.healthCheck)
        let added = checks.filter { labels[$0] == nil }
        guard !added.isEmpty, let previous = old.realServers.first(where: { $0.isSameHost(as: server) }) else {
          continue
        }
        var gone = old.agentChecks(of: previous, defaults: configuration.global.healthCheck)
          .filter { !checks.contains($0) }
        // Who is asked the same at the same port is the same agent; who is left has got another port.
        let known = Set(gone.map(\.probe))
        for check in added.filter({ known.contains($0.probe) }) + added.filter({ !known.contains($0.probe) }) {
          guard let place = gone.firstIndex(where: { $0.probe == check.probe }) ?? gone.indices.first else { break }
          let predecessor = gone.remove(at: place)
          if agents[predecessor] != nil { replaced[check] = predecessor }
        }
      }
    }
    return replaced
  }

  /// What must be remembered of a service's agents, by the servers' labels; nil when there is nothing.
  func rememberedReports(of service: VirtualService) -> [String: [AgentReport?]]? {
    guard !agents.isEmpty else { return nil }
    var reports: [String: [AgentReport?]] = [:]
    for server in service.realServers {
      let said = service.agentChecks(of: server, defaults: configuration.global.healthCheck).map { check in
        health[check] == nil ? nil : agents[check].flatMap { $0.keepsClientsAway ? $0 : nil }
      }
      if said.contains(where: { $0 != nil }) { reports[server.label] = said }
    }
    return reports.isEmpty ? nil : reports
  }

  /// Takes up what agents had said when the last run of lbd ended.
  mutating func recallAgents() {
    var reports: [CheckTarget: AgentReport] = [:]
    for service in configuration.virtualServices {
      guard let said = remembered.agents?[service.label] else { continue }
      for server in service.realServers {
        let checks = service.agentChecks(of: server, defaults: configuration.global.healthCheck)
        for (check, report) in zip(checks, said[server.label] ?? []) { reports[check] = report ?? reports[check] }
      }
    }
    note(reports)
    _ = note(reports.mapValues(\.health))
  }
}

extension VirtualService {
  fileprivate func agentChecks(of server: RealServer, defaults: CheckTiming) -> [CheckTarget] {
    checks(of: server, defaults: defaults).filter(\.isAgent)
  }
}
