/// What would change: the answer to `POST /v1/config/plan`.
public struct Plan: Codable, Hashable, Sendable {
  /// In the order in which they would be made; empty when nothing would change.
  public var changes: [PlannedChange]

  public init(changes: [PlannedChange]) {
    self.changes = changes
  }
}

/// One change of the kernel that would be made.
public struct PlannedChange: Codable, Hashable, Sendable {
  public enum Action: String, Codable, Hashable, Sendable, CaseIterable {
    case add
    case change
    case remove
  }

  public var action: Action
  /// The label of the virtual service; absent for what belongs to none.
  public var service: String?
  /// The label of the real server; absent when the service itself is meant.
  public var server: String?
  /// What it is, in one line.
  public var message: String
  /// Whether established connections end.
  public var cutsConnections: Bool

  public init(
    action: Action, service: String? = nil, server: String? = nil, message: String, cutsConnections: Bool = false
  ) {
    self.action = action
    self.service = service
    self.server = server
    self.message = message
    self.cutsConnections = cutsConnections
  }
}
