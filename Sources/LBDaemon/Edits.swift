import ControlAPI
import LBConfiguration
import LoadBalancing

// How the edits of the control API become those of the configuration.

extension ConfigurationEdit {
  /// - Throws: 400 when the body names no label or address.
  init(_ target: EditTarget, _ element: ElementRequest) throws(APIError) {
    var change = ElementChange(element)
    func take(_ name: String) throws(APIError) -> String {
      guard let value = change.attributes.removeValue(forKey: name) else {
        throw .malformedRequest("the body must name '\(name)'")
      }
      return value
    }
    switch target {
    case .addService: self = .addService(try take("label"), change)
    case .editService(let label): self = .editService(label, change)
    case .duplicateService(let label): self = .duplicateService(label, as: try take("label"), change)
    case .deleteService(let label): self = .deleteService(label)
    case .addServer(let service):
      self = .addServer(ServerName(service: service, server: try take("label")), change)
    case .editServer(let service, let server):
      self = .editServer(ServerName(service: service, server: server), change)
    case .deleteServer(let service, let server): self = .deleteServer(ServerName(service: service, server: server))
    case .addCheck(let service, let server): self = .addCheck(CheckHolder(service: service, server: server), change)
    case .editCheck(let service, let server, let index):
      self = .editCheck(CheckHolder(service: service, server: server), index: index, change)
    case .deleteCheck(let service, let server, let index):
      self = .deleteCheck(CheckHolder(service: service, server: server), index: index)
    case .addFloatingIP: self = .addFloatingIP(try take("address"), change)
    case .deleteFloatingIP(let address): self = .deleteFloatingIP(address)
    }
  }
}

extension ElementChange {
  init(_ element: ElementRequest) {
    self.init(
      attributes: element.attributes, removed: element.removed, inner: element.inner.mapValues(ElementChange.init))
  }
}

extension APIError {
  init(_ error: EditError) {
    switch error {
    case .noSuchService(let label, let known): self = .noSuchService(label, among: known)
    case .noSuchServer(let name, let known): self = .noSuchServer(name.server, in: name.service, among: known)
    case .noSuchCheck: self.init(status: 404, code: .noSuchCheck, message: "\(error)")
    case .noSuchFloatingIP: self.init(status: 404, code: .noSuchFloatingIP, message: "\(error)")
    case .exists, .sameEntry: self.init(status: 409, code: .existsAlready, message: "\(error)")
    case .wrongRequest(let message): self = .malformedRequest(message)
    case .configuration(let errors):
      self = .configurationErrors(
        errors.problems.map { .init(file: $0.file, line: $0.line ?? 0, message: $0.message) })
    case .busy: self.init(status: 503, code: .unavailable, message: "\(error)")
    case .notPermitted(let message), .failed(let message): self = .failed(message)
    }
  }
}
