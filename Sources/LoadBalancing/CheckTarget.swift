/// One check of one server, ready to run: every port is known.
///
/// Equal targets of several services are one target and are checked once.
public struct CheckTarget: Hashable, Sendable {
  public enum Probe: Hashable, Sendable {
    case on
    case off
    /// A connection to each of these ports.
    case connect(ports: [UInt16], over: StreamProtocol = .tcp)
    /// An ICMP echo.
    case ping
    /// A conversation with the application on this port; 0 only where nothing names one, which the configuration's
    /// reader refuses. Indirect: tables of targets hold tens of thousands, and most need nothing of this.
    indirect case application(ApplicationCheck, port: UInt16)
    /// The server's own agent, asked with these bytes.
    indirect case agent(send: [UInt8], port: UInt16)
    indirect case external(ExternalCheck)
  }

  /// What connections are made over.
  public enum StreamProtocol: Hashable, Sendable {
    case tcp
    case sctp
  }

  public var server: IPAddress
  public var probe: Probe
  public var timing: CheckTiming
  public var path: CheckPath

  public init(server: IPAddress, probe: Probe, timing: CheckTiming, path: CheckPath = .server) {
    self.server = server
    self.probe = probe
    self.timing = timing
    self.path = path
  }

  /// Whether the server's own agent is asked.
  public var isAgent: Bool { if case .agent = probe { true } else { false } }
}

extension VirtualService {
  /// The checks that decide about a server; all must pass.
  ///
  /// The server's own replace the service's; without either, there is one of the default kind.
  public func checks(of server: RealServer, defaults: CheckTiming) -> [CheckTarget] {
    let configured = server.healthChecks.isEmpty ? healthChecks : server.healthChecks
    let checks = configured.isEmpty ? [HealthCheck(defaultCheck, timing: defaults)] : configured
    return checks.map { check in
      CheckTarget(
        server: server.address, probe: probe(check.kind, of: server), timing: check.timing,
        path: path(check, to: server))
    }
  }

  /// The check that servers get when nobody names one: what can be asked without knowing the application.
  public var defaultCheck: HealthCheck.Kind {
    guard case .address(_, let ports, let transport) = entry, !ports.isAll else { return .ping }
    return transport == .udp ? .application(.udp(PayloadCheck()), port: nil) : .connect(.automatic)
  }

  private func probe(_ kind: HealthCheck.Kind, of server: RealServer) -> CheckTarget.Probe {
    switch kind {
    case .on: .on
    case .off: .off
    case .connect(let ports):
      .connect(ports: resolve(ports, of: server), over: transport == .sctp ? .sctp : .tcp)
    case .ping: .ping
    case .application(let check, let port):
      .application(check, port: port ?? check.standardPort ?? server.port ?? ports?.only ?? 0)
    case .agent(let send, let port): .agent(send: send, port: port ?? AgentReport.standardPort)
    case .external(let command): .external(ExternalCheck(command: command, of: server, in: self))
    }
  }

  private func path(_ check: HealthCheck, to server: RealServer) -> CheckPath {
    guard check.via == .vip, check.kind.ports != nil, let address, !forwarding.translatesPorts else { return .server }
    let tunnel = forwarding == .tun ? tunnel ?? Tunnel() : nil
    return .virtual(address, by: CheckRelay(server: server.address, tunnel: tunnel, family: address.family))
  }

  /// Every single port; a range, at its first port, only when the set has nothing else, because nothing listens in
  /// a range until clients come.
  private func resolve(_ checkPorts: CheckPorts, of server: RealServer) -> [UInt16] {
    switch checkPorts {
    case .list(let ports): return ports
    case .automatic:
      if let port = server.port { return [port] }
      guard let ports else { return [] }
      return ports.singles.isEmpty ? ports.ranges.map(\.lowerBound) : ports.singles
    case .all:
      if let port = server.port { return [port] }
      return ports?.ranges.flatMap { $0.count == 1 ? [$0.lowerBound] : [$0.lowerBound, $0.upperBound] } ?? []
    }
  }
}
