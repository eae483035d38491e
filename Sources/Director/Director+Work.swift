public import HealthChecks
public import LoadBalancing

/// What the Director and the checks have done, as figures.
public struct WorkReport: Sendable {
  /// Of one real server of a service.
  public struct OfServer: Sendable {
    public internal(set) var checks = CheckCounts()
    /// How its clients' suspicions ended; nil where clients are not watched.
    public internal(set) var suspicions: CheckCounts?
    /// How often its health has changed since the start of lbd.
    public internal(set) var changes: UInt64 = 0
  }

  public internal(set) var servers: [ServerName: OfServer] = [:]
  /// How many events there have been since the start of lbd.
  public internal(set) var events: [DirectorEvent.Kind: Int] = [:]
  public internal(set) var checkDurations = DurationHistogram()
  /// From the model to the kernel, looks at the kernel included.
  public internal(set) var turnDurations = DurationHistogram()
}

extension Director {
  public nonisolated func work() async -> WorkReport {
    let checks = await monitor.checkWork
    let (configuration, status) = (await configuration, await status)
    var report = WorkReport(
      events: await events.counts, checkDurations: checks.durations, turnDurations: status.turnDurations)
    for service in configuration.virtualServices {
      for server in service.realServers {
        let name = ServerName(service: service.label, server: server.label)
        var work = WorkReport.OfServer()
        if service.suspect { work.suspicions = CheckCounts() }
        for target in service.checks(of: server, defaults: configuration.global.healthCheck) {
          work.checks += checks.counts[target] ?? CheckCounts()
          work.suspicions? += checks.suspicions[target] ?? CheckCounts()
        }
        work.changes = status.healthChanges[name] ?? 0
        report.servers[name] = work
      }
    }
    return report
  }
}
