import HealthChecks
import Interfaces
public import LoadBalancing

extension Director {
  public var configuration: LoadBalancer { course.model.configuration }

  /// Takes over a configuration; returns when the kernel is in accord with it, or why it is not.
  ///
  /// - Parameters:
  ///   - renaming: a label that has become another by it; the operator's word goes along.
  ///   - reason: what brought it, for the events.
  ///   - user: who did.
  /// - Returns: why the kernel is not in accord, in an operator's words; nil when it is.
  /// - Throws: ``AddressConflicts``; nothing has changed then.
  @discardableResult
  public func apply(
    _ configuration: LoadBalancer, renaming: Renaming? = nil, reason: String, by user: String? = nil
  ) async throws(AddressConflicts) -> String? {
    try await check(configuration)
    let changes = differences(from: course.model.configuration, to: configuration, renaming: renaming)
    if let renaming { course.model.saved.rename(renaming) }
    course.model.configure(configuration, renaming: renaming)
    // Whatever turn comes next compares everything, with a look that the configuration needs.
    course.request(look: .everything)
    await watch()
    forgetOthers(than: configuration)
    let words = changes.isEmpty ? "nothing changed" : changes.map(\.description).joined(separator: "; ")
    events.add(.configuration, .information, "configuration applied (\(reason)): \(words)", user: user)
    tellRememberedWords(of: changes)
    return shortfall(await settle(look: .everything), of: Set(changes.compactMap(\.service)))
  }

  /// Tells of servers that come with an operator's word from before they were taken out of the configuration.
  private func tellRememberedWords(of changes: [ConfigurationDifference]) {
    let additions = Dictionary(grouping: changes.filter { $0.action == .add }, by: \.service)
    for service in course.model.configuration.virtualServices {
      guard let added = additions[service.label] else { continue }
      for server in service.realServers
      where added.contains(where: { $0.server == nil || $0.server == server.label }) {
        let state = course.model.saved[ServerName(service: service.label, server: server.label)]
        guard state != .online else { continue }
        events.add(
          .operatorAction, .warning,
          "back in the configuration and still in state \(state.rawValue), the operator's word from before; "
            + "'lbctl online \(service.label) \(server.label)' takes it back", service: service.label,
          server: server.label)
      }
    }
  }

  private func forgetOthers(than configuration: LoadBalancer) {
    let names = configuration.virtualServices.flatMap { service in
      service.realServers.map { ServerName(service: service.label, server: $0.label) }
    }
    let known = Set(names)
    status.healthChanges = status.healthChanges.filter { known.contains($0.key) }
    let addresses = Set(configuration.virtualServices.compactMap(\.address) + configuration.floatingIPs.map(\.address))
    status.addressWarnings = status.addressWarnings.filter { addresses.contains($0.key) }
  }

  /// - Throws: ``AddressConflicts`` when a virtual address is an interface's own.
  public nonisolated func check(_ configuration: LoadBalancer) async throws(AddressConflicts) {
    let course = await course
    let seen: InterfaceSnapshot? =
      if let observed = course.observed { observed.interfaces } else { try? await kernel.interfaces() }
    guard let seen else { return }
    let conflicts = addressConflicts(in: configuration, with: seen, owned: course.model.saved.owned.addresses)
    guard conflicts.isEmpty else { throw AddressConflicts(conflicts: conflicts) }
  }

  /// Notes that a configuration was refused.
  public func refused(_ problem: String, by user: String? = nil) {
    events.add(.configuration, .error, problem, user: user)
  }

  public func note(
    _ kind: DirectorEvent.Kind, _ severity: DirectorEvent.Severity = .information, _ message: String,
    by user: String? = nil
  ) {
    events.add(kind, severity, message, user: user)
  }
}
