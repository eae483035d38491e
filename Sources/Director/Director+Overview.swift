public import HealthChecks
public import IPVS
import Interfaces
public import LoadBalancing

/// A virtual service as an overview shows it.
public struct ServiceReport: Sendable {
  public let state: ServiceState
  public let key: IPVSService.Key
  /// Of the fallback, when the service has one.
  public let fallbackConnections: IPVSConnections
  /// nil while the service is not in the table.
  public let statistics: IPVSStatistics?
  /// In the order of the configuration.
  public let servers: [ServerReport]
}

/// A real server as an overview shows it.
public struct ServerReport: Sendable {
  public let state: ServerState
  /// The weight that the kernel holds; 0 also for a server that is not in the table.
  public let effectiveWeight: Int
  public let connections: IPVSConnections
  /// nil while the server is not in the table.
  public let statistics: IPVSStatistics?
  /// Of the check that says most: one that fails, else the newest.
  public let lastCheck: CheckResult?
  /// Seconds since 1970: since when the health is what it is.
  public let since: Double?
}

/// Made outside the Director, from a copy of what it knows: however many ask, none keeps it from its work.
extension Director {
  /// Services in the order of the configuration.
  ///
  /// - Parameters:
  ///   - labels: only these; nil: all.
  ///   - counting: with the kernel's counters of this moment, which are read for the whole table; else with those of
  ///     the last look.
  ///   - words: what operators are supposed to have said.
  public nonisolated func overview(
    of labels: Set<String>? = nil, counting: Bool = true, supposing words: [ServerName: OperatorState] = [:]
  ) async -> [ServiceReport] {
    let current = counting ? try? await kernel.counters() : nil
    var course = await course
    for (name, word) in words { course.model.setOperatorState(word, of: name) }
    let counters = current ?? course.observed?.counters ?? IPVSCounterTable()
    let services = course.model.configuration.virtualServices.filter { labels?.contains($0.label) ?? true }
    let wanted = labels.map { _ in services.flatMap(course.model.targets(of:)) }
    let reports = Dictionary(await monitor.reports(of: wanted).map { ($0.target, $0) }) { $1 }
    return services.compactMap { service in
      course.model.states[service.label].map {
        course.report($0, counters: counters, reports: reports, isSupposed: !words.isEmpty)
      }
    }
  }

  /// What a withdrawal, or a resumption, would change in the kernel.
  public nonisolated func changes(withdrawing: Bool) async -> [KernelChange] {
    let course = await course
    guard let observed = course.observed, course.model.saved.withdrawn != withdrawing else { return [] }
    var model = course.model
    model.saved.withdrawn = withdrawing
    return model.changes(from: observed, in: .everything)
  }

  public var currentStatus: DirectorStatus { status }

  public var isWithdrawn: Bool { course.model.saved.withdrawn }

  /// The events after this number, oldest first.
  public func events(after id: Int) -> [DirectorEvent] { Array(events.after(id)) }

  /// The number of the newest event; 0 when there is none.
  public var lastEvent: Int { events.lastID }
}

extension Course {
  fileprivate func report(
    _ state: ServiceState, counters: IPVSCounterTable, reports: [CheckTarget: HealthReport], isSupposed: Bool
  ) -> ServiceReport {
    let service = state.service
    let key = model.key(of: service)
    let interfaces = observed?.interfaces
    let table = ServiceTable(service: service, mark: model.mark(of: service)) { interfaces?.holds($0) ?? false }
    let servers = state.servers.map { server in
      let destination = table.destination(for: server.server, weight: 0).key
      // What is checked for other services' sake says nothing here.
      let checks =
        service.enabled
        ? service.checks(of: server.server, defaults: model.configuration.global.healthCheck)
          .compactMap { reports[$0] } : []
      let telling =
        checks.first { $0.health == .down }
        ?? checks.max { ($0.lastResult?.at ?? 0) < ($1.lastResult?.at ?? 0) }
      let weight =
        isSupposed
        ? server.effectiveWeight(onFailure: service.onFailure)
        : observed?.services[key]?.destinations[destination].map { Int($0.weight) }
      return ServerReport(
        state: server, effectiveWeight: weight ?? 0,
        connections: counters.connections(of: destination, in: key),
        statistics: counters[key]?.destinations[destination]?.statistics,
        lastCheck: telling?.lastResult,
        since: telling?.since)
    }
    let fallback = service.fallback.map { table.destination(for: $0).key }
    return ServiceReport(
      state: state, key: key,
      fallbackConnections: fallback.map { counters.connections(of: $0, in: key) }
        ?? IPVSConnections(),
      statistics: counters[key]?.statistics, servers: servers)
  }
}
