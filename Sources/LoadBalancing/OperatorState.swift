/// What the operator decided about a real server.
public enum OperatorState: String, Hashable, Sendable, CaseIterable, Codable {
  /// Serves with its configured weight when its checks pass.
  case online
  /// Gets no new connections; established ones go on.
  case drain
  /// Out of the table.
  case halt
}

/// What the health checks say about a real server.
public enum Health: String, Hashable, Sendable, CaseIterable, Codable {
  case up
  case down
  /// No check has ended yet.
  case unknown
  /// Always on: nothing is checked.
  case unchecked

  /// Whether the server may get clients.
  public var canServe: Bool { self == .up || self == .unchecked }
}

/// The name of a real server across the configuration: its service's label and its own.
public struct ServerName: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let service: String
  public let server: String

  public init(service: String, server: String) {
    self.service = service
    self.server = server
  }

  public var description: String { "\(service)/\(server)" }

  public static func < (left: ServerName, right: ServerName) -> Bool {
    (left.service, left.server) < (right.service, right.server)
  }
}
