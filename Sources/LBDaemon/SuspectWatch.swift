import ClientWatch
import Director
import HealthChecks
import LoadBalancing
import ServiceLifecycle

/// Has servers checked at once whose clients get no answer, in services that say `suspect="yes"`.
///
/// Clients never take a server out, only a failed check does; one that is down already is not checked more often.
struct SuspectWatch: Service {
  private static let patience = Duration.seconds(1)
  /// So often an event tells of the same server.
  private static let eventPause = Duration.seconds(60)

  let director: Director
  let monitor: HealthMonitor
  let watcher: ClientWatcher

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var troubles: [String] = []
      var toldAt: [IPAddress: ContinuousClock.Instant] = [:]
      while !Task.isCancelled {
        let configuration = await director.configuration
        let watched = WatchedServers(configuration)
        guard !watched.isEmpty else {
          await watcher.rest()
          try? await Task.sleep(for: Self.patience)
          continue
        }
        let look = await watcher.look(at: watched, for: Self.patience)
        for trouble in look.troubles where !troubles.contains(trouble) {
          await director.note(.warning, .warning, trouble)
        }
        troubles = look.troubles
        toldAt = toldAt.filter { $0.value + Self.eventPause > .now }
        for server in look.suspects.sorted() {
          let targets = watched.targets(of: server, defaults: configuration.global.healthCheck)
          guard await check(targets), toldAt[server] == nil else { continue }
          toldAt[server] = .now
          await director.note(.health, .information, "clients get no answer from \(server): it is checked at once")
        }
      }
    }
  }

  /// Whether there is something to tell: a server of which a check fails already is none.
  private func check(_ targets: [CheckTarget]) async -> Bool {
    let reports = await monitor.reports(of: targets)
    await monitor.suspect(targets)
    return !reports.isEmpty && !reports.contains { $0.health == .down }
  }
}
