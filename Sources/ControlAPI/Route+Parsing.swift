extension Route {
  /// Reads a request line's method and target.
  ///
  /// Throws 400 for a target that cannot be read, 404 for an unknown path, and 405 for a path that takes another method.
  public init(method: String, target: String) throws(APIError) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = try Query(parts.count > 1 ? parts[1] : "")
    guard let path = parts.first, let route = try Self.route(path: try Self.segments(of: path), query: query) else {
      throw APIError(status: 404, code: .noSuchPath, message: "there is nothing at \(target)")
    }
    try query.finish()
    guard route.method.rawValue == method else {
      throw APIError(
        status: 405, code: .methodNotAllowed, message: "\(path) takes \(route.method.rawValue), not \(method)")
    }
    self = route
  }

  private static func route(path: [String], query: borrowing Query) throws(APIError) -> Route? {
    guard path.first == "v1" else { return path == ["metrics"] ? .metrics : nil }
    switch path.count {
    case 2:
      switch path[1] {
      case "overview": return .overview
      case "status": return .status
      case "events": return .events(after: try query.number("after"))
      case "services": return .services
      default: return nil
      }
    case 3:
      switch (path[1], path[2]) {
      case ("services", let label): return .service(label)
      case ("config", "check"): return .checkConfiguration
      case ("config", "plan"): return .planConfiguration
      case ("config", "reload"): return .reloadConfiguration
      default: return nil
      }
    case 4 where path[1] == "servers" && path[3] == "state":
      return .state(.everywhere(path[2]), dryRun: try query.flag("dryRun"))
    case 6 where path[1] == "services" && path[3] == "servers" && path[5] == "state":
      return .state(.one(service: path[2], server: path[4]), dryRun: try query.flag("dryRun"))
    default: return nil
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

/// The names and values after a target's question mark.
private struct Query {
  private let values: [String: String]

  init(_ text: Substring) throws(APIError) {
    var values: [String: String] = [:]
    for part in text.split(separator: "&") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, let name = PercentEncoding.decode(sides[0]), let value = PercentEncoding.decode(sides[1])
      else { throw .malformedRequest("'\(part)' in the query is no NAME=VALUE") }
      guard values.updateValue(value, forKey: name) == nil else {
        throw .malformedRequest("'\(name)' is twice in the query")
      }
    }
    self.values = values
  }

  func number(_ name: String) throws(APIError) -> UInt64? {
    guard let text = values[name] else { return nil }
    guard let number = UInt64(text) else { throw .malformedRequest("\(name)=\(text) is no number") }
    return number
  }

  func flag(_ name: String) throws(APIError) -> Bool {
    guard let text = values[name] else { return false }
    guard let flag = Bool(text) else { throw .malformedRequest("\(name)=\(text) is neither true nor false") }
    return flag
  }

  /// A misspelt `dryRun` must never become the real thing.
  func finish() throws(APIError) {
    for name in values.keys.sorted() where name != "after" && name != "dryRun" {
      throw .malformedRequest("'\(name)' in the query is unknown")
    }
  }
}
