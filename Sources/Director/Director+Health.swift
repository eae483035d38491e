import HealthChecks
public import LoadBalancing

extension Director {
  /// Follows the health of the servers until the task is cancelled.
  func followHealth() async {
    while !Task.isCancelled {
      let reports = await monitor.nextChanges()
      guard !reports.isEmpty else { continue }
      note(reports)
    }
  }

  /// The servers whose health lets them serve.
  public var serversUp: Set<ServerName> {
    Set(
      course.model.states.values.flatMap { state in
        state.servers.filter(\.health.canServe).map {
          ServerName(service: state.service.label, server: $0.server.label)
        }
      })
  }

  /// Takes note of what checks have found out.
  func note(_ reports: [HealthReport]) {
    let before = course.model.states
    let messages = Dictionary(reports.map { ($0.target, $0.lastResult?.message) }) { $1 }
    course.model.note(Dictionary(reports.compactMap { report in report.agent.map { (report.target, $0) } }) { $1 })
    let concerned = course.model.note(Dictionary(reports.map { ($0.target, $0.health) }) { $1 })
    for label in concerned.sorted() {
      guard let old = before[label], let new = course.model.states[label] else { continue }
      tell(from: old, to: new, messages: messages)
    }
    request(concerned)
  }

  /// Tells of servers that came up or went down, what that makes of the service, and of the fallback.
  func tell(from old: ServiceState, to new: ServiceState, messages: [CheckTarget: String?]) {
    let service = new.service
    for (old, new) in zip(old.servers, new.servers) {
      guard old.health != new.health || old.share != new.share || old.isInMaintenance != new.isInMaintenance else {
        continue
      }
      let reason = reason(for: new, in: service, messages).map { ": \($0)" } ?? ""
      let weight = new.effectiveWeight(onFailure: service.onFailure).map { "weight \($0)" } ?? "out of the table"
      let hasTurned = old.health != new.health
      if hasTurned {
        status.healthChanges[ServerName(service: service.label, server: new.server.label), default: 0] += 1
      }
      let words = hasTurned ? new.health.rawValue : weight
      events.add(
        .health, new.health == .down ? .warning : .information,
        "\(words)\(reason)", service: service.label, server: new.server.label,
        state: hasTurned ? new.health.rawValue : "weight")
    }
    if old.color != new.color {
      events.add(
        .service, new.color == .red ? .warning : .information, "\(old.color.rawValue) → \(new.color.rawValue)",
        service: service.label, state: new.color.rawValue)
    }
    if old.fallbackServes != new.fallbackServes, let fallback = service.fallback {
      events.add(
        .fallback, new.fallbackServes ? .warning : .information,
        new.fallbackServes
          ? "the fallback \(fallback.address) serves, no real server can"
          : "the fallback \(fallback.address) is not needed any more",
        service: service.label, state: new.fallbackServes ? "serves" : "standby")
    }
  }

  /// What a check said that has changed a server's state; for one that is down, a check that failed.
  private func reason(
    for state: ServerState, in service: VirtualService, _ messages: [CheckTarget: String?]
  ) -> String? {
    let model = course.model
    let told = service.checks(of: state.server, defaults: model.configuration.global.healthCheck)
      .filter { messages[$0] != nil }
    let failed = state.health == .down ? told.filter { model.health[$0] == .down } : []
    return (failed + told).lazy.compactMap { messages[$0] ?? nil }.first
  }
}
