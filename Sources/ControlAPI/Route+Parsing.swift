extension Route {
  /// Reads a request line's method and target.
  ///
  /// Throws 400 for a target that cannot be read, 404 for an unknown path, 405 for a path that takes other methods.
  public init(method: String, target: String) throws(APIError) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = try Query(parts.count > 1 ? parts[1] : "")
    let path = parts.first ?? ""
    let routes = try Self.routes(path: try Self.segments(of: path), query: query)
    guard !routes.isEmpty else {
      throw APIError(status: 404, code: .noSuchPath, message: "there is nothing at \(target)")
    }
    guard let route = routes.first(where: { $0.method.rawValue == method }) else {
      let methods = routes.map(\.method.rawValue).joined(separator: " or ")
      throw APIError(
        status: 405, code: .methodNotAllowed, message: "\(path) takes \(methods), not \(method)")
    }
    try query.allow(only: route.queryNames)
    self = route
  }

  /// What a path means, by different methods.
  private static func routes(path: [String], query: borrowing Query) throws(APIError) -> [Route] {
    guard path.first == "v1" else { return path == ["metrics"] ? [.metrics] : [] }
    let options = EditOptions(dryRun: try query.flag("dryRun"), ifAbsent: try query.flag("ifAbsent"))
    let edits = EditTarget.all(at: path.dropFirst()).map { Route.edit($0, options) }
    let others: Route? =
      switch path.count {
      case 2: try collection(path[1], query, options)
      case 3: try member(path[1], path[2], query)
      case 4 where path[1] == "servers" && path[3] == "state": .state(.everywhere(path[2]), dryRun: options.dryRun)
      case 6 where path[1] == "services" && path[3] == "servers" && path[5] == "state":
        .state(.one(service: path[2], server: path[4]), dryRun: options.dryRun)
      default: nil
      }
    return (others.map { [$0] } ?? []) + edits
  }

  private static func collection(
    _ name: String, _ query: borrowing Query, _ options: EditOptions
  ) throws(APIError) -> Route? {
    if let withdrawal = Withdrawal(rawValue: name) { return .withdrawal(withdrawal, dryRun: options.dryRun) }
    return switch name {
    case "overview": .overview
    case "status": .status
    case "events": .events(after: try query.number("after"))
    case "connections": .connections(ConnectionFilter(query), all: try query.flag("all"))
    case "diagnose": .diagnose(service: query.text("service"))
    case "services": .services
    case "floating-ips": .floatingIPs
    case "config": .configuration
    default: nil
    }
  }

  private static func member(
    _ collection: String, _ name: String, _ query: borrowing Query
  ) throws(APIError) -> Route? {
    switch (collection, name) {
    case ("services", _): .service(name)
    case ("config", "check"): .checkConfiguration
    case ("config", "plan"): .planConfiguration
    case ("config", "reload"): .reloadConfiguration(confirmWithin: try query.number("confirmWithin"))
    case ("config", "confirm"): .confirmConfiguration(dryRun: try query.flag("dryRun"))
    case ("config", "rollback"):
      .rollbackConfiguration(back: try query.number("back") ?? 1, dryRun: try query.flag("dryRun"))
    case ("config", "history"): .configurationHistory
    default: nil
    }
  }

  private static func segments(of path: Substring) throws(APIError) -> [String] {
    guard path.first == "/" else { throw .malformedRequest("the path '\(path)' does not begin with '/'") }
    var segments: [String] = []
    for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let text = PercentEncoding.decode(segment) else {
        throw .malformedRequest("the path '\(path)' is not percent-encoded UTF-8")
      }
      segments.append(text)
    }
    return segments
  }
}
