public import IPVS
import LoadBalancing

/// The kernel's counters by service.
public typealias IPVSCounterTable = [IPVSService.Key: IPVSServiceCounters]

extension IPVSCounterTable {
  func connections(of destination: IPVSDestination.Key, in service: IPVSService.Key) -> IPVSConnections {
    self[service]?.destinations[destination]?.connections ?? IPVSConnections()
  }

  func hasConnections(of destination: IPVSDestination.Key, in service: IPVSService.Key) -> Bool {
    let connections = connections(of: destination, in: service)
    return connections.active + connections.inactive > 0
  }
}

extension IPVSTunnel {
  init(_ tunnel: Tunnel) {
    let kind: Kind =
      switch tunnel.kind {
      case .ipip: .ipip
      case .gue: .gue
      case .gre: .gre
      }
    self.init(kind: kind, port: tunnel.port ?? 0, flags: tunnel.checksum ? .checksum : [])
  }
}
