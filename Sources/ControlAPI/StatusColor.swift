/// How a virtual service or a real server is, at a glance.
public enum StatusColor: String, Codable, Hashable, Sendable, CaseIterable {
  /// Everything that should serve does.
  case green
  /// Something is down or not known yet, and clients are served.
  case yellow
  /// Nothing that should serve can.
  case red
  /// Out of service because somebody wants it so.
  case blue
}

/// What the operator decided about a real server.
public enum ServerState: String, Codable, Hashable, Sendable, CaseIterable {
  case online
  /// No new connections; established ones go on.
  case drain
  /// Out of the table.
  case halt
}

/// What the health checks say about a real server.
public enum ServerHealth: String, Codable, Hashable, Sendable, CaseIterable {
  case up
  case down
  /// No check has ended yet.
  case unknown
  /// Nothing is checked.
  case unchecked
}
