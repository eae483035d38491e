import LoadBalancing

extension Model {
  /// The health with which checks begin that a server did not have before.
  ///
  /// Nobody loses clients because a check was edited: a server stays what it is until one of its checks says
  /// otherwise.
  func inheritedHealth(for new: LoadBalancer) -> [CheckTarget: Health] {
    let before = Dictionary(configuration.virtualServices.map { ($0.label, $0) }) { first, _ in first }
    let hasOtherDefaults = configuration.global.healthCheck != new.global.healthCheck
    var inherited: [CheckTarget: Health] = [:]
    for service in new.virtualServices where service.enabled {
      guard let old = before[service.label], hasOtherDefaults || old != service, old.enabled,
        old.sharesPackets(with: service)
      else { continue }
      for server in service.realServers {
        let added = service.checks(of: server, defaults: new.global.healthCheck)
          .filter { labels[$0] == nil && Model.health(before: $0) == .unknown }
        guard !added.isEmpty, let previous = old.realServers.first(where: { $0.isSameHost(as: server) }) else {
          continue
        }
        let known = health(of: previous, in: old)
        guard known != .unknown else { continue }
        for target in added { inherited[target] = known.canServe || inherited[target] == .up ? .up : .down }
      }
    }
    return inherited
  }
}

extension VirtualService {
  /// Whether some client's packets belong to both.
  fileprivate func sharesPackets(with other: VirtualService) -> Bool {
    guard address == other.address, let ports, let otherPorts = other.ports else { return entry == other.entry }
    return !ports.intersection(otherPorts).ranges.isEmpty
  }
}

extension RealServer {
  func isSameHost(as other: RealServer) -> Bool {
    label == other.label && address == other.address && port == other.port
  }
}
