/// Which real servers an operator means.
public enum ServerSelection: Hashable, Sendable {
  case one(service: String, server: String)
  /// A server in every service that has it, by label or address.
  case everywhere(String)
}

/// The body of `PUT /v1/services/S/servers/R/state` and `PUT /v1/servers/R/state`.
public struct StateRequest: Codable, Hashable, Sendable {
  public var state: ServerState

  public init(state: ServerState) {
    self.state = state
  }
}

/// What is in effect after an operator's word, or would be after a dry run.
public struct StateChange: Codable, Hashable, Sendable {
  /// Every server that was meant.
  public var servers: [ServerInEffect]
  /// What changed in the kernel, or would change.
  public var changes: [PlannedChange]
  /// Nothing was done.
  public var dryRun: Bool

  public init(servers: [ServerInEffect], changes: [PlannedChange], dryRun: Bool) {
    self.servers = servers
    self.changes = changes
    self.dryRun = dryRun
  }
}

/// One server as the operator's word left it.
public struct ServerInEffect: Codable, Hashable, Sendable {
  public var service: String
  public var server: String
  public var state: ServerState
  public var health: ServerHealth
  /// As in the kernel; 0 while the server is not in the table.
  public var effectiveWeight: Int
  /// Whether the service's fallback server serves now.
  public var fallbackActive: Bool
  /// What stands between the word and its effect, or what the operator may not expect.
  public var note: String?

  public init(
    service: String, server: String, state: ServerState, health: ServerHealth, effectiveWeight: Int,
    fallbackActive: Bool = false, note: String? = nil
  ) {
    self.service = service
    self.server = server
    self.state = state
    self.health = health
    self.effectiveWeight = effectiveWeight
    self.fallbackActive = fallbackActive
    self.note = note
  }
}
