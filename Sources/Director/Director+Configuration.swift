import HealthChecks
public import LoadBalancing

extension Director {
  public var configuration: LoadBalancer { model.configuration }

  /// Takes over a configuration; returns when the kernel is in accord with it.
  ///
  /// - Parameters:
  ///   - renaming: a label that has become another by it; the operator's word goes along.
  ///   - reason: what brought it, for the events.
  ///   - user: who did.
  /// - Throws: ``AddressConflicts``; nothing has changed then.
  public func apply(
    _ configuration: LoadBalancer, renaming: Renaming? = nil, reason: String, by user: String? = nil
  ) async throws(AddressConflicts) {
    try check(configuration)
    let changes = differences(from: model.configuration, to: configuration, renaming: renaming)
    if let renaming { model.saved.rename(renaming) }
    model.configure(configuration, renaming: renaming)
    await watch()
    let words = changes.isEmpty ? "nothing changed" : changes.map(\.description).joined(separator: "; ")
    events.add(.configuration, .information, "configuration applied (\(reason)): \(words)", user: user)
    await settle(all: true)
  }

  /// - Throws: ``AddressConflicts`` when a virtual address is an interface's own.
  public func check(_ configuration: LoadBalancer) throws(AddressConflicts) {
    guard let observed else { return }
    let conflicts = addressConflicts(
      in: configuration, with: observed.interfaces, owned: model.saved.owned.addresses)
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
