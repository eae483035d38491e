import ControlAPI
import LBConfiguration
import LoadBalancing

extension ConfigurationEdit {
  /// Where the control API takes the edit.
  var target: EditTarget {
    switch self {
    case .addService: .addService
    case .editService(let label, _): .editService(label)
    case .duplicateService(let label, _, _): .duplicateService(label)
    case .deleteService(let label): .deleteService(label)
    case .addServer(let name, _): .addServer(service: name.service)
    case .editServer(let name, _): .editServer(service: name.service, server: name.server)
    case .deleteServer(let name): .deleteServer(service: name.service, server: name.server)
    case .addCheck(let holder, _): .addCheck(service: holder.service, server: holder.server)
    case .editCheck(let holder, let index, _):
      .editCheck(service: holder.service, server: holder.server, index: index)
    case .deleteCheck(let holder, let index):
      .deleteCheck(service: holder.service, server: holder.server, index: index)
    case .addFloatingIP: .addFloatingIP
    case .deleteFloatingIP(let address): .deleteFloatingIP(address)
    }
  }

  /// What the control API wants to know with it.
  var element: ElementRequest {
    switch self {
    case .addService(let label, let change), .duplicateService(_, let label, let change):
      ElementRequest(change, "label", label)
    case .addServer(let name, let change): ElementRequest(change, "label", name.server)
    case .addFloatingIP(let address, let change): ElementRequest(change, "address", address)
    case .editService(_, let change), .editServer(_, let change), .addCheck(_, let change),
      .editCheck(_, _, let change):
      ElementRequest(change)
    case .deleteService, .deleteServer, .deleteCheck, .deleteFloatingIP: ElementRequest()
    }
  }
}

extension ElementRequest {
  init(_ change: ElementChange) {
    self.init(
      attributes: change.attributes, removed: change.removed, inner: change.inner.mapValues { ElementRequest($0) })
  }

  init(_ change: ElementChange, _ name: String, _ value: String) {
    self.init(change)
    attributes[name] = value
  }
}
