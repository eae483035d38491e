import ControlAPI
import Director
import HealthChecks
import IPVS
import LoadBalancing

/// How the Director's values look in the control API.
extension ServiceOverview {
  init(_ report: ServiceReport) {
    let service = report.state.service
    var mark: UInt32?
    if case .firewallMark(let value, _) = service.entry { mark = value }
    self.init(
      label: service.label,
      address: service.address?.description,
      ports: service.ports?.description,
      protocol: service.transport?.rawValue,
      firewallMark: mark,
      family: mark == nil ? nil : service.family.rawValue,
      forwarding: service.forwarding.rawValue,
      scheduler: service.scheduler.rawValue,
      status: StatusColor(report.state.color),
      connections: ConnectionCounts(
        total: report.servers.map(\.connections) + [report.fallbackConnections]),
      traffic: report.statistics.map(TrafficCounts.init),
      fallback: service.fallback.map { fallback in
        FallbackOverview(
          address: fallback.address.description,
          forwarding: (fallback.forwarding ?? service.forwarding).rawValue,
          port: fallback.port ?? 0,
          active: report.state.fallbackServes)
      },
      servers: report.servers.map { ServerOverview($0, of: service) })
  }
}

extension ServerOverview {
  init(_ report: ServerReport, of service: VirtualService) {
    let (server, state) = (report.state.server, report.state)
    self.init(
      label: server.label,
      address: server.address.description,
      port: server.port ?? 0,
      weight: server.weight,
      effectiveWeight: report.effectiveWeight,
      status: StatusColor(state.color),
      state: ServerState(state.operatorState),
      health: service.asks(server) ? ServerHealth(state.health) : .unchecked,
      lastCheck: report.lastCheck.map(CheckReport.init),
      since: report.since.map(Timestamp.init(seconds:)),
      connections: ConnectionCounts(report.connections),
      traffic: report.statistics.map(TrafficCounts.init),
      minimumConnections: server.minimumConnections > 0 ? server.minimumConnections : nil,
      maximumConnections: server.maximumConnections > 0 ? server.maximumConnections : nil,
      healthChecks: server.healthChecks.isEmpty
        ? nil : server.healthChecks.map(HealthCheckSettings.init))
  }
}

extension VirtualService {
  /// Whether checks ask a server; those of the types `on` and `off` ask nobody.
  fileprivate func asks(_ server: RealServer) -> Bool {
    let checks = server.healthChecks.isEmpty ? healthChecks : server.healthChecks
    return checks.isEmpty || checks.contains { $0.kind != .on && $0.kind != .off }
  }
}

extension ServiceDetail {
  init(_ report: ServiceReport) {
    let service = report.state.service
    let flags = SchedulerFlags.vocabulary.filter { service.schedulerFlags.contains($0.flag) }.map(
      \.word)
    self.init(
      overview: ServiceOverview(report),
      settings: ServiceSettings(
        enabled: service.enabled,
        interface: service.interface.text,
        persistence: service.persistence.map {
          PersistenceSettings(
            timeout: Int($0.timeout.components.seconds), granularity: $0.granularity)
        },
        onFailure: service.onFailure.rawValue,
        onePacket: service.onePacket,
        withdrawWhenDown: service.withdrawWhenDown,
        suspect: service.suspect,
        schedulerFlags: flags.isEmpty ? nil : flags,
        snatAddress: service.snatAddress?.description,
        tunnelType: service.tunnel?.kind.rawValue,
        tunnelPort: service.tunnel?.port.map(Int.init),
        tunnelChecksum: service.tunnel?.checksum,
        healthChecks: service.healthChecks.map(HealthCheckSettings.init)))
  }
}

extension HealthCheckSettings {
  init(_ check: HealthCheck) {
    let timing = check.timing
    self.init(
      type: check.kind.type,
      port: check.kind.ports?.text,
      via: check.via.rawValue,
      interval: timing.interval.seconds,
      fastInterval: timing.fastInterval?.seconds,
      timeout: timing.timeout.seconds,
      failures: timing.failures,
      successes: timing.successes)
  }
}

extension ServerInEffect {
  init?(_ name: ServerName, in report: ServiceReport) {
    guard let server = report.servers.first(where: { $0.state.server.label == name.server }) else {
      return nil
    }
    let state = server.state
    self.init(
      service: name.service, server: name.server, state: ServerState(state.operatorState),
      health: report.state.service.asks(state.server) ? ServerHealth(state.health) : .unchecked,
      effectiveWeight: server.effectiveWeight, fallbackActive: report.state.fallbackServes,
      note: state.operatorState == .online && !state.health.canServe
        ? "it serves as soon as its health check passes" : nil)
  }
}

extension ConnectionCounts {
  init(_ connections: IPVSConnections) {
    self.init(active: UInt64(connections.active), inactive: UInt64(connections.inactive))
  }

  init(total connections: [IPVSConnections]) {
    self.init(
      active: connections.reduce(0) { $0 + UInt64($1.active) },
      inactive: connections.reduce(0) { $0 + UInt64($1.inactive) })
  }
}

extension TrafficCounts {
  init(_ counted: IPVSStatistics) {
    self.init(
      connections: counted.connections, packetsIn: counted.packetsIn,
      packetsOut: counted.packetsOut,
      bytesIn: counted.bytesIn, bytesOut: counted.bytesOut,
      perSecond: Rates(
        connections: counted.connectionsPerSecond, packetsIn: counted.packetsInPerSecond,
        packetsOut: counted.packetsOutPerSecond, bytesIn: counted.bytesInPerSecond,
        bytesOut: counted.bytesOutPerSecond))
  }
}

extension CheckReport {
  init(_ result: CheckResult) {
    self.init(at: Timestamp(seconds: result.at), passed: result.passed, message: result.message)
  }
}

extension PlannedChange {
  init(_ difference: ConfigurationDifference) {
    self.init(
      action: .init(difference.action), service: difference.service, server: difference.server,
      message: difference.message, cutsConnections: difference.cutsConnections)
  }
}

extension Timestamp {
  /// - Parameter seconds: since 1970; fractions are cut off.
  init(seconds: Double) { self.init(seconds: Int64(seconds)) }
}

extension Duration {
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
