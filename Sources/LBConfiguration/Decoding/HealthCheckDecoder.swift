import LoadBalancing

/// Reads an element `health-check` of a service or of a real server.
struct HealthCheckDecoder {
  let reader: ElementReader
  let service: ServiceTraits
  /// The port of the real server that holds the check.
  var serverPort: UInt16?

  /// nil when the check has a mistake or is of a kind that lbd cannot run.
  func decode(defaults: CheckTiming) -> HealthCheck? {
    let type = reader.read(HealthCheckAttributes.type)
    let rule = type.value.flatMap(HealthCheckKindRule.of)
    reader.checkStructure(.healthCheck, attributes: rule.map { HealthCheckAttributes.common + $0.attributes })
    var timing = reader.timing(defaults: defaults)
    timing.fastInterval = reader.read(TimingAttributes.fastInterval).value ?? defaults.fastInterval
    let via = reader.read(HealthCheckAttributes.via).or(.server)
    guard let rule else { return nil }
    if via == .vip { checkVia(rule) }
    checkPort(rule)
    checkExpectation()
    guard let read = rule.read else {
      rule.attributes.forEach(reader.check)
      reader.report(HealthCheckAttributes.type, "is not supported yet; supported are \(Self.runnable)")
      return nil
    }
    guard let kind = read(reader), let via else { return nil }
    checkConnect(kind)
    return HealthCheck(kind, timing: timing, via: via)
  }

  private static let runnable = HealthCheckKindRule.all.filter { $0.read != nil }.map(\.type).joined(separator: ", ")

  private func checkVia(_ rule: HealthCheckKindRule) {
    if let forwarding = service.forwarding, forwarding.translatesPorts {
      reader.report(
        HealthCheckAttributes.via, "does not go with forwarding=\"\(forwarding.rawValue)\"; allowed: dr and tun")
    } else if service.isOnFirewallMark {
      reader.report(HealthCheckAttributes.via, "is not possible: the service has a firewall mark and no address")
    } else if ["ping", "external"].contains(rule.type) {
      reader.report(
        HealthCheckAttributes.via, "does not go with type=\"\(rule.type)\", which asks no TCP or UDP port by itself")
    }
  }

  private func checkPort(_ rule: HealthCheckKindRule) {
    guard rule.needsPort, !reader.has(ProbeAttributes.port), serverPort == nil, isWithoutOnlyPort else { return }
    reader.report("the attribute port is missing: the service \(service.portsPhrase), and \(rule.type) asks one")
  }

  private var isWithoutOnlyPort: Bool {
    service.isOnFirewallMark || service.ports.map { $0.only == nil } ?? false
  }

  private func checkExpectation() {
    if reader.has(ProbeAttributes.expect), reader.has(ProbeAttributes.expectRegex) {
      reader.report(ProbeAttributes.expectRegex, "stands beside expect; only one of them is allowed")
    }
  }

  private func checkConnect(_ kind: HealthCheck.Kind) {
    guard case .connect(let ports) = kind else { return }
    if service.transport == .udp {
      reader.report(
        HealthCheckAttributes.type, "is not possible in a udp service: nothing accepts connections; use udp or ping")
    }
    guard service.isOnFirewallMark || service.ports?.isAll == true else { return }
    switch ports {
    case .list: break
    case .all:
      reader.report(
        ProbeAttributes.connectPorts, "is not possible: the service \(service.portsPhrase); allowed: a port or a list")
    case .automatic where serverPort == nil:
      reader.report("the attribute port is missing: the service \(service.portsPhrase), and connect needs one to ask")
    case .automatic: break
    }
  }
}
