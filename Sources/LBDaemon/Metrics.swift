import ControlAPI
import Director
import HealthChecks
import LoadBalancing

/// The figures of lbd for Prometheus.
///
/// Names follow https://prometheus.io/docs/practices/naming/; what lbd counts itself begins at 0 with each start.
struct Metrics {
  let overview: Overview
  let status: DaemonStatus
  let mistakes: [Mistake]
  let work: WorkReport
  let reloads: ReloadCounts
  let notifications: StateChangeQueue.Counts

  var text: String { (daemon + configuration + services + servers).map(\.text).joined() }

  private var daemon: [MetricFamily] {
    [
      MetricFamily("lbd_build_info", .gauge, "The version of lbd.", 1, [("version", status.version)]),
      MetricFamily("lbd_uptime_seconds", .gauge, "Time since lbd started.", Double(status.uptimeSeconds)),
      MetricFamily(
        "lbd_kernel_in_accord", .gauge, "Whether the kernel holds what it should.", status.lastError == nil ? 1 : 0),
      MetricFamily(
        "lbd_withdrawn", .gauge, "Whether everything of lbd's is out of the kernel.", status.withdrawn ? 1 : 0),
      MetricFamily("lbd_warnings", .gauge, "What the overview warns of now.", Double(status.warnings.count)),
      MetricFamily("lbd_repairs_total", .counter, "Changes by others that lbd undid.", Double(status.repairs)),
      MetricFamily(
        "lbd_contested", .gauge, "Things that somebody else changes again and again.", Double(status.contested)),
      MetricFamily(
        "lbd_events_total", .counter, "Events, as 'lbctl events' shows them.",
        DirectorEvent.Kind.allCases
      ) { ([("kind", $0.rawValue)], Double(work.events[$0] ?? 0)) },
      MetricFamily(
        "lbd_findings", .gauge, "Mistakes that probes in the background have found.", mistakes
      ) {
        ([("code", $0.code), ("service", $0.service ?? ""), ("server", $0.server ?? "")], 1)
      },
      MetricFamily(
        "lbd_notifications_total", .counter, "What became of runs of the notify program.",
        [
          ("delivered", notifications.delivered), ("failed", notifications.failed),
          ("dropped", notifications.dropped),
        ]
      ) { ([("result", $0.0)], Double($0.1)) },
      MetricFamily(
        "lbd_turn_duration_seconds", "Bringing the kernel in accord, looks at it included.", work.turnDurations),
      MetricFamily("lbd_check_duration_seconds", "Health checks.", work.checkDurations),
    ]
  }

  private var configuration: [MetricFamily] {
    [
      MetricFamily(
        "lbd_configuration_errors", .gauge, "Errors in the configuration files.",
        Double(status.configuration.errors.count)),
      MetricFamily(
        "lbd_configuration_applied_timestamp_seconds", .gauge, "When what runs was applied.",
        status.configuration.appliedAt.map { [$0] } ?? []
      ) { ([], Double($0.seconds)) },
      MetricFamily(
        "lbd_configuration_reloads_total", .counter, "Configurations that were brought to lbd, since it started.",
        [("applied", reloads.applied), ("refused", reloads.refused)]
      ) { ([("result", $0.0)], Double($0.1)) },
      MetricFamily(
        "lbd_configuration_reload_duration_seconds", "Applying a configuration, until the kernel is in accord.",
        reloads.durations),
    ]
  }
}
