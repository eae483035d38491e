/// What can be asked of the daemon: the one description of methods and paths for both sides.
public enum Route: Hashable, Sendable {
  case overview
  case status
  /// nil: from the oldest one that is kept.
  case events(after: UInt64?)
  /// The first of those that fit, or all of them; then the answer has one connection a line.
  case connections(ConnectionFilter, all: Bool)
  /// Sends packets, and changes nothing; nil for all services.
  case diagnose(service: String?)
  case services
  case service(String)
  /// The body is a ``StateRequest``.
  case state(ServerSelection, dryRun: Bool)
  case floatingIPs
  /// The body is an ``ElementRequest``, none where something is deleted.
  case edit(EditTarget, EditOptions)
  case checkConfiguration
  case planConfiguration
  /// With seconds: unless it is confirmed within them, the files go back to what ran before.
  case reloadConfiguration(confirmWithin: UInt64?)
  case confirmConfiguration(dryRun: Bool)
  /// So many configurations ago.
  case rollbackConfiguration(back: UInt64, dryRun: Bool)
  case configuration
  case configurationHistory
  /// Everything of lbd's leaves the kernel, or comes back.
  case withdrawal(Withdrawal, dryRun: Bool)
  /// In Prometheus' text format, everything else is JSON.
  case metrics
}

extension Route {
  /// The methods of HTTP that are used.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// What a peer must be allowed to for this.
  public var access: Access {
    switch self {
    case .reloadConfiguration: .change
    case .state(_, let dryRun), .rollbackConfiguration(_, let dryRun), .confirmConfiguration(let dryRun),
      .withdrawal(_, let dryRun):
      dryRun ? .read : .change
    case .edit(_, let options): options.dryRun ? .read : .change
    default: .read
    }
  }

  public var method: Method {
    switch self {
    case .overview, .status, .events, .connections, .services, .service, .metrics, .floatingIPs, .configuration,
      .configurationHistory:
      .get
    case .state: .put
    case .edit(let target, _): target.method
    case .checkConfiguration, .planConfiguration, .reloadConfiguration, .confirmConfiguration, .rollbackConfiguration,
      .withdrawal, .diagnose:
      .post
    }
  }

  /// Path and query as they go on the wire.
  public var target: String {
    let query = self.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    return query.isEmpty ? path : "\(path)?\(query)"
  }

  private var path: String {
    switch self {
    case .overview: "/v1/overview"
    case .status: "/v1/status"
    case .events: "/v1/events"
    case .connections: "/v1/connections"
    case .diagnose: "/v1/diagnose"
    case .services: "/v1/services"
    case .service(let label): "/v1/services/\(PercentEncoding.encode(label))"
    case .state(let servers, _): Self.path(of: servers) + "/state"
    case .floatingIPs: "/v1/floating-ips"
    case .edit(let target, _): target.path
    case .checkConfiguration: "/v1/config/check"
    case .planConfiguration: "/v1/config/plan"
    case .reloadConfiguration: "/v1/config/reload"
    case .confirmConfiguration: "/v1/config/confirm"
    case .rollbackConfiguration: "/v1/config/rollback"
    case .configuration: "/v1/config"
    case .configurationHistory: "/v1/config/history"
    case .withdrawal(let withdrawal, _): "/v1/\(withdrawal.rawValue)"
    case .metrics: "/metrics"
    }
  }

  private var query: [(name: String, value: String)] {
    let dryRun = (name: "dryRun", value: "true")
    return switch self {
    case .events(after: let id?): [("after", "\(id)")]
    case .diagnose(let service?): [("service", PercentEncoding.encode(service))]
    case .connections(let filter, let all): filter.query + (all ? [("all", "true")] : [])
    case .state(_, dryRun: true), .confirmConfiguration(dryRun: true), .withdrawal(_, dryRun: true): [dryRun]
    case .edit(_, let options): (options.dryRun ? [dryRun] : []) + (options.ifAbsent ? [("ifAbsent", "true")] : [])
    case .reloadConfiguration(let seconds?): [("confirmWithin", "\(seconds)")]
    case .rollbackConfiguration(let back, let isDry): [("back", "\(back)")] + (isDry ? [dryRun] : [])
    default: []
    }
  }

  /// The names that its query may have.
  var queryNames: Set<String> {
    switch self {
    case .events: ["after"]
    case .diagnose: ["service"]
    case .connections: ["service", "server", "client", "state", "all"]
    case .state, .confirmConfiguration, .withdrawal: ["dryRun"]
    case .edit: ["dryRun", "ifAbsent"]
    case .reloadConfiguration: ["confirmWithin"]
    case .rollbackConfiguration: ["back", "dryRun"]
    default: []
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

/// Whether what lbd made is to be in the kernel.
public enum Withdrawal: String, Hashable, Sendable, CaseIterable {
  /// It is taken out and stays so, over restarts too.
  case withdraw
  /// It is put back.
  case resume
}

/// What a peer may do.
public enum Access: Int, Hashable, Sendable, Comparable {
  case read
  case change

  public static func < (left: Access, right: Access) -> Bool { left.rawValue < right.rawValue }
}
