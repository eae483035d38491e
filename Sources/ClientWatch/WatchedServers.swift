public import Interfaces
public import LoadBalancing

/// The real servers whose clients are watched: those of the services that say `suspect="yes"`.
public struct WatchedServers: Hashable, Sendable {
  public let services: [VirtualService]
  /// The places in `services` of those that have a server.
  private let byServer: [IPAddress: [Int]]

  public init(_ configuration: LoadBalancer) {
    services = configuration.virtualServices.filter { $0.enabled && $0.suspect }
    var byServer: [IPAddress: [Int]] = [:]
    for (index, service) in services.enumerated() {
      for server in service.realServers where byServer[server.address]?.last != index {
        byServer[server.address, default: []].append(index)
      }
    }
    self.byServer = byServer
  }

  public var isEmpty: Bool { byServer.isEmpty }

  public var addresses: Set<IPAddress> { Set(byServer.keys) }

  /// The checks that decide about a server.
  public func targets(of server: IPAddress, defaults: CheckTiming) -> [CheckTarget] {
    (byServer[server] ?? []).flatMap { index in
      services[index].realServers.filter { $0.address == server }.flatMap {
        services[index].checks(of: $0, defaults: defaults)
      }
    }
  }

  /// The server that a segment goes to; nil when it is none of these, or belongs to no service of these.
  ///
  /// - Parameter hosts: who has which hardware address.
  public func server(of segment: ClientSegment, hosts: [HardwareAddress: [IPAddress]]) -> IPAddress? {
    if let end = segment.tunnelEnd { return fits(end, segment, .tun) ? end : nil }
    let destination = segment.destination.address
    if byServer[destination] != nil { return fitsTranslated(destination, segment) ? destination : nil }
    return hosts[segment.hardware]?.first { fits($0, segment, .dr) }
  }

  /// The packet is as the client sent it.
  private func fits(_ server: IPAddress, _ segment: ClientSegment, _ forwarding: Forwarding) -> Bool {
    (byServer[server] ?? []).contains { index in
      let service = services[index]
      guard service.forwarding == forwarding else { return false }
      // Services on a mark of somebody else's have no address of their own.
      guard let address = service.address, let ports = service.ports else { return true }
      return address == segment.destination.address && ports.contains(segment.destination.port)
    }
  }

  private func fitsTranslated(_ server: IPAddress, _ segment: ClientSegment) -> Bool {
    (byServer[server] ?? []).contains { index in
      let service = services[index]
      guard service.forwarding.translatesPorts else { return false }
      return service.realServers.contains { real in
        guard real.address == server else { return false }
        if let port = real.port, port != 0 { return port == segment.destination.port }
        return service.ports?.contains(segment.destination.port) ?? true
      }
    }
  }
}
