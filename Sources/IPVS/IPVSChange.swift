/// One change of the kernel's table.
public enum IPVSChange: Hashable, Sendable {
  case addService(IPVSService)
  case editService(IPVSService)
  /// Takes its destinations with it.
  case removeService(IPVSService.Key)
  case addDestination(IPVSDestination, in: IPVSService.Key)
  case editDestination(IPVSDestination, in: IPVSService.Key)
  case removeDestination(IPVSDestination.Key, in: IPVSService.Key)

  /// The service that is changed, or whose destination is.
  public var service: IPVSService.Key {
    switch self {
    case .addService(let service), .editService(let service): service.key
    case .removeService(let key): key
    case .addDestination(_, let key), .editDestination(_, let key), .removeDestination(_, let key): key
    }
  }
}

extension IPVSChange: CustomStringConvertible {
  /// "add server 10.0.0.2:80 to TCP 10.0.0.1:80".
  public var description: String {
    switch self {
    case .addService(let service): "add service \(service.key)"
    case .editService(let service): "change service \(service.key)"
    case .removeService(let key): "remove service \(key)"
    case .addDestination(let destination, let key): "add server \(destination.key) to \(key)"
    case .editDestination(let destination, let key): "change server \(destination.key) of \(key)"
    case .removeDestination(let destination, let key): "remove server \(destination) from \(key)"
    }
  }
}
