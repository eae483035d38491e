public import IPVS
public import LoadBalancing

/// Tells which virtual service and server a connection in the kernel's table belongs to.
public struct ConnectionLabels: Sendable {
  /// The labels of a connection.
  public struct Owner: Hashable, Sendable {
    public let service: String
    /// nil for the fallback, and for a destination that is none of the service's any more.
    public let server: String?
    public let isFallback: Bool

    public init(service: String, server: String? = nil, isFallback: Bool = false) {
      self.service = service
      self.server = server
      self.isFallback = isFallback
    }
  }

  private struct Place: Hashable {
    let address: IPAddress
    let protocolNumber: UInt8
  }

  private var byPlace: [Place: [VirtualService]] = [:]
  private var byMark: [UInt32: [VirtualService]] = [:]
  /// Services on a mark of somebody else's: their connections show an address that no configuration names.
  private var onForeignMarks: [VirtualService] = []

  /// - Parameter marks: the marks that lbd gave, by the label of the service.
  public init(_ configuration: LoadBalancer, marks: MarkAssignment) {
    for service in configuration.virtualServices {
      if let mark = marks.marks[service.label] { byMark[mark, default: []].append(service) }
      switch service.entry {
      case .address(let address, _, let transport):
        for number in transport.numbers {
          byPlace[Place(address: address, protocolNumber: number), default: []].append(service)
        }
      case .firewallMark(let mark, _):
        byMark[mark, default: []].append(service)
        onForeignMarks.append(service)
      }
    }
  }

  /// nil for a connection of a service that is not lbd's.
  public func owner(of connection: IPVSConnection) -> Owner? {
    service(of: connection).map { service in
      if let server = service.realServers.first(where: {
        $0.address == connection.destination && fits($0.port, connection, in: service)
      }) {
        return Owner(service: service.label, server: server.label)
      }
      return Owner(service: service.label, isFallback: service.fallback?.address == connection.destination)
    }
  }

  private func service(of connection: IPVSConnection) -> VirtualService? {
    if let mark = connection.mark {
      return byMark[mark]?.first { $0.family == connection.client.family }
    }
    let place = Place(address: connection.virtual, protocolNumber: connection.protocolNumber)
    // A template of a service with one port carries it; 0 stands for every port.
    let services = byPlace[place, default: []].filter { service in
      service.ports.map { $0.contains(connection.virtualPort) || connection.virtualPort == 0 } ?? false
    }
    return services.first
      ?? onForeignMarks.first { service in
        service.family == connection.client.family
          && service.realServers.contains { $0.address == connection.destination }
      }
  }

  private func fits(_ port: UInt16?, _ connection: IPVSConnection, in service: VirtualService) -> Bool {
    guard service.forwarding.translatesPorts, let port, port != 0, !connection.isTemplate else { return true }
    return port == connection.destinationPort
  }
}

extension Director {
  /// Of the configuration that runs.
  public nonisolated var connectionLabels: ConnectionLabels {
    get async { await course.connectionLabels }
  }
}

extension Course {
  var connectionLabels: ConnectionLabels {
    ConnectionLabels(model.configuration, marks: model.saved.marks)
  }
}
