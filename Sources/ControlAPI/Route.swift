/// What can be asked of the daemon: the one description of methods and paths for both sides.
public enum Route: Hashable, Sendable {
  case overview
  case status
  /// nil: from the oldest one that is kept.
  case events(after: UInt64?)
  case services
  case service(String)
  /// The body is a ``StateRequest``.
  case state(ServerSelection, dryRun: Bool)
  case checkConfiguration
  case planConfiguration
  case reloadConfiguration
  /// In Prometheus' text format, everything else is JSON.
  case metrics
}

extension Route {
  /// The methods of HTTP that are used.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
  }

  /// What a peer must be allowed to for this.
  public var access: Access {
    switch self {
    case .reloadConfiguration, .state(_, dryRun: false): .change
    default: .read
    }
  }

  public var method: Method {
    switch self {
    case .overview, .status, .events, .services, .service, .metrics: .get
    case .state: .put
    case .checkConfiguration, .planConfiguration, .reloadConfiguration: .post
    }
  }

  /// Path and query as they go on the wire.
  public var target: String {
    switch self {
    case .overview: "/v1/overview"
    case .status: "/v1/status"
    case .events(after: nil): "/v1/events"
    case .events(after: let id?): "/v1/events?after=\(id)"
    case .services: "/v1/services"
    case .service(let label): "/v1/services/\(PercentEncoding.encode(label))"
    case .state(let servers, let dryRun): Self.path(of: servers) + "/state" + (dryRun ? "?dryRun=true" : "")
    case .checkConfiguration: "/v1/config/check"
    case .planConfiguration: "/v1/config/plan"
    case .reloadConfiguration: "/v1/config/reload"
    case .metrics: "/metrics"
    }
  }

  private static func path(of servers: ServerSelection) -> String {
    switch servers {
    case .one(let service, let server):
      "/v1/services/\(PercentEncoding.encode(service))/servers/\(PercentEncoding.encode(server))"
    case .everywhere(let server): "/v1/servers/\(PercentEncoding.encode(server))"
    }
  }
}

/// What a peer may do.
public enum Access: Int, Hashable, Sendable, Comparable {
  case read
  case change

  public static func < (left: Access, right: Access) -> Bool { left.rawValue < right.rawValue }
}
