public import LoadBalancing

/// One change of the configuration files, as an operator asks for it.
public enum ConfigurationEdit: Hashable, Sendable {
  case addService(String, ElementChange)
  /// A new `label` among the attributes renames it.
  case editService(String, ElementChange)
  /// Copies the first service under the label of the second, with changes.
  case duplicateService(String, as: String, ElementChange)
  case deleteService(String)
  case addServer(ServerName, ElementChange)
  /// A new `label` among the attributes renames it.
  case editServer(ServerName, ElementChange)
  case deleteServer(ServerName)
  case addCheck(CheckHolder, ElementChange)
  /// The index counts the checks of the holder from 1.
  case editCheck(CheckHolder, index: Int, ElementChange)
  case deleteCheck(CheckHolder, index: Int)
  /// With or without prefix length.
  case addFloatingIP(String, ElementChange)
  case deleteFloatingIP(String)
}

/// The element that holds health checks: a virtual service, or one of its real servers.
public struct CheckHolder: Hashable, Sendable, CustomStringConvertible {
  public var service: String
  public var server: String?

  public init(service: String, server: String? = nil) {
    self.service = service
    self.server = server
  }

  public var description: String { server.map { "\(service)/\($0)" } ?? service }
}

extension ConfigurationEdit {
  /// The label that becomes another by the edit.
  public var renaming: Renaming? {
    switch self {
    case .editService(let label, let change):
      change.attributes["label"].flatMap { $0 == label ? nil : .service(label, to: $0) }
    case .editServer(let name, let change):
      change.attributes["label"].flatMap { $0 == name.server ? nil : .server(name, to: $0) }
    default: nil
    }
  }
}
