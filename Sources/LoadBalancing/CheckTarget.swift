/// One check of one server, ready to run: every port is known.
///
/// Equal targets of several services are one target and are checked once.
public struct CheckTarget: Hashable, Sendable {
  public enum Probe: Hashable, Sendable {
    case on
    case off
    /// A TCP connection to each of these ports.
    case connect(ports: [UInt16])
  }

  public var server: IPAddress
  public var probe: Probe
  public var timing: CheckTiming

  public init(server: IPAddress, probe: Probe, timing: CheckTiming) {
    self.server = server
    self.probe = probe
    self.timing = timing
  }
}

extension VirtualService {
  /// The checks that decide about a server; all must pass.
  ///
  /// The server's own replace the service's; without either, the default is a `connect` check.
  public func checks(of server: RealServer, defaults: CheckTiming) -> [CheckTarget] {
    let configured = server.healthChecks.isEmpty ? healthChecks : server.healthChecks
    let checks = configured.isEmpty ? [HealthCheck(.connect(.automatic), timing: defaults)] : configured
    return checks.map { check in
      CheckTarget(server: server.address, probe: probe(check.kind, of: server), timing: check.timing)
    }
  }

  private func probe(_ kind: HealthCheck.Kind, of server: RealServer) -> CheckTarget.Probe {
    switch kind {
    case .on: .on
    case .off: .off
    case .connect(let ports): .connect(ports: resolve(ports, of: server))
    }
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
      return ports?.ranges.flatMap { $0.count == 1 ? [$0.lowerBound] : [$0.lowerBound, $0.upperBound] } ?? []
    }
  }
}
