import LoadBalancing

/// Finds servers of one service that the kernel or an operator could not tell apart.
struct ServerConflicts {
  let reader: ElementReader
  let service: VirtualService
  /// In the order of the service's real servers.
  let servers: [ElementReader]

  private struct Endpoint: Hashable {
    let address: IPAddress
    let port: UInt16?
  }

  func report() {
    reportLabels()
    reportEndpoints()
    reportTranslation()
    reportDefaultCheck()
  }

  private func reportLabels() {
    var first: [String: SourceLocation] = [:]
    // Of those too that are wrong in something else.
    for server in reader.children(.realServer) {
      guard let label = server.element.attribute(RealServerAttributes.label.name)?.value else { continue }
      let location = server.location(of: RealServerAttributes.label)
      if let other = first[label] {
        server.report(
          RealServerAttributes.label, "is taken by the real-server at \(other); labels are unique in a service")
      } else {
        first[label] = location
      }
    }
  }

  /// IPVS knows a server of a service by address and port alone (ip_vs_lookup_dest).
  private func reportEndpoints() {
    var first: [Endpoint: (label: String, location: SourceLocation)] = [:]
    for (server, reader) in zip(service.realServers, servers) {
      let endpoint = endpoint(server.address, server.port)
      if let other = first[endpoint] {
        reader.report(
          RealServerAttributes.address,
          "\(phrase(server.port))is that of real-server '\(other.label)' at \(other.location); a server stands once")
      } else {
        first[endpoint] = (server.label, reader.location(of: RealServerAttributes.address))
      }
    }
    guard let fallback = service.fallback, let reader = reader.child(.fallback),
      let other = first[endpoint(fallback.address, fallback.port)]
    else { return }
    reader.report(
      FallbackAttributes.address,
      "\(phrase(fallback.port))is that of real-server '\(other.label)' at \(other.location), "
        + "and a server cannot stand in for itself")
  }

  /// With persistence, IPVS sends a packet that a mark names to the port that the client used, whatever the server's
  /// (ip_vs_sched_persist).
  private func reportTranslation() {
    guard service.persistence != nil, service.needsMark else { return }
    let words =
      "is not reached: with persistence the kernel keeps the client's port in a service that needs a packet mark "
      + "(forwarding=\"snat\", several ports, both protocols); remove the port or the persistence"
    for (server, reader) in zip(service.realServers, servers) where isTranslated(server.port) {
      reader.report(RealServerAttributes.port, words)
    }
    if let fallback = service.fallback, isTranslated(fallback.port) {
      reader.child(.fallback)?.report(FallbackAttributes.port, words)
    }
  }

  private func isTranslated(_ port: UInt16?) -> Bool { port != nil && port != service.ports?.only }

  /// The check that servers get when nobody names one cannot choose among several ports.
  private func reportDefaultCheck() {
    guard case .application(let check, nil) = service.defaultCheck, let ports = service.ports, ports.only == nil,
      reader.children(.healthCheck).isEmpty,
      zip(service.realServers, servers).contains(where: { $0.port == nil && $1.children(.healthCheck).isEmpty })
    else { return }
    reader.report(
      "its default health check '\(check.type)' asks one port, and the service has ports=\"\(ports)\"; "
        + "add a health-check with the attribute port")
  }

  private func endpoint(_ address: IPAddress, _ port: UInt16?) -> Endpoint {
    Endpoint(address: address, port: port ?? service.ports?.only)
  }

  private func phrase(_ port: UInt16?) -> String { port.map { "with port \($0) " } ?? "" }
}
