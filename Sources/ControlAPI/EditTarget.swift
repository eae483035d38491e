/// Which part of the configuration an edit is about, and what is done to it.
public enum EditTarget: Hashable, Sendable {
  /// The body names the label.
  case addService
  /// A `label` in the body renames it.
  case editService(String)
  /// The body names the label of the copy, and what is different.
  case duplicateService(String)
  case deleteService(String)
  case addServer(service: String)
  case editServer(service: String, server: String)
  case deleteServer(service: String, server: String)
  /// Of the service itself where there is no server.
  case addCheck(service: String, server: String?)
  /// The index counts from 1.
  case editCheck(service: String, server: String?, index: Int)
  case deleteCheck(service: String, server: String?, index: Int)
  /// The body names the address.
  case addFloatingIP
  case deleteFloatingIP(String)
}

/// How an edit is made.
public struct EditOptions: Hashable, Sendable {
  /// Nothing is changed, the answer says what would be.
  public var dryRun: Bool
  /// Adding what is there already is no error.
  public var ifAbsent: Bool

  public init(dryRun: Bool = false, ifAbsent: Bool = false) {
    self.dryRun = dryRun
    self.ifAbsent = ifAbsent
  }
}

extension EditTarget {
  public var method: Route.Method {
    switch self {
    case .addService, .duplicateService, .addServer, .addCheck, .addFloatingIP: .post
    case .editService, .editServer, .editCheck: .patch
    case .deleteService, .deleteServer, .deleteCheck, .deleteFloatingIP: .delete
    }
  }

  /// Whether the request has a body.
  public var takesElement: Bool { method != .delete }

  var path: String {
    switch self {
    case .addService: "/v1/services"
    case .editService(let label), .deleteService(let label): Self.path(label)
    case .duplicateService(let label): Self.path(label) + "/duplicate"
    case .addServer(let service): Self.path(service) + "/servers"
    case .editServer(let service, let server), .deleteServer(let service, let server): Self.path(service, server)
    case .addCheck(let service, let server): Self.path(service, server) + "/checks"
    case .editCheck(let service, let server, let index), .deleteCheck(let service, let server, let index):
      Self.path(service, server) + "/checks/\(index)"
    case .addFloatingIP: "/v1/floating-ips"
    case .deleteFloatingIP(let address): "/v1/floating-ips/\(PercentEncoding.encode(address))"
    }
  }

  private static func path(_ service: String, _ server: String? = nil) -> String {
    let path = "/v1/services/\(PercentEncoding.encode(service))"
    return server.map { "\(path)/servers/\(PercentEncoding.encode($0))" } ?? path
  }
}
