import LoadBalancing

/// Reads an element `real-server`.
struct RealServerDecoder {
  let reader: ElementReader
  let service: ServiceTraits

  /// nil when label or address are missing or wrong.
  func decode(defaults: CheckTiming) -> RealServer? {
    reader.checkStructure(.realServer)
    let label = reader.read(RealServerAttributes.label).value
    let address = reader.read(RealServerAttributes.address).value
    let port = reader.read(RealServerAttributes.port).value?.port
    let weight = reader.read(RealServerAttributes.weight).value ?? 100
    let minimum = reader.read(RealServerAttributes.minimumConnections).value ?? 0
    let maximum = reader.read(RealServerAttributes.maximumConnections).value ?? 0
    if maximum > 0, minimum > maximum {
      reader.report(
        RealServerAttributes.minimumConnections,
        "is more than maximum-connections=\"\(maximum)\"; allowed: at most that")
    }
    if port != nil { checkPort() }
    if let address {
      service.checkFamily(of: address, in: reader, RealServerAttributes.address, forwarding: service.forwarding)
    }
    let checks = reader.children(.healthCheck).compactMap { check in
      HealthCheckDecoder(reader: check, service: service, serverPort: port).decode(defaults: defaults)
    }
    guard let label, let address else { return nil }
    return RealServer(
      label: label, address: address, port: port, weight: weight, minimumConnections: minimum,
      maximumConnections: maximum, healthChecks: checks)
  }

  private func checkPort() {
    if let forwarding = service.forwarding, !forwarding.translatesPorts {
      reader.report(
        RealServerAttributes.port,
        "does not go with forwarding=\"\(forwarding.rawValue)\", which never translates ports; allowed: no port")
    } else if service.forwarding != nil, service.isOnFirewallMark || service.ports.map({ $0.only == nil }) ?? false {
      reader.report(
        RealServerAttributes.port,
        "is only possible in a service with one port; this one \(service.portsPhrase), and keeps the client's")
    }
  }
}

extension ServiceTraits {
  /// Only tunnels carry packets of one family to a server of the other (kernel: ip_vs_genl_set_cmd).
  func checkFamily(
    of address: IPAddress, in reader: ElementReader, _ attribute: Attribute<IPAddress>, forwarding: Forwarding?
  ) {
    guard let family, let forwarding, address.family != family, forwarding != .tun else { return }
    reader.report(
      attribute,
      "is of another family than the service; with forwarding=\"\(forwarding.rawValue)\" allowed: an "
        + "\(family == .inet ? "IPv4" : "IPv6") address")
  }
}
