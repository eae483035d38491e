import ControlAPI
import Director

/// The figures of an overview in Prometheus' text format.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
enum Metrics {
  static func text(overview: Overview, status: DaemonStatus, mistakes: [Mistake]) -> String {
    let services = overview.services
    let servers = services.flatMap { service in
      service.servers.map { (service: service.label, server: $0) }
    }
    let families = [
      family(
        "lbd_repairs_total", "counter", "Changes by others that lbd undid.",
        [("", Double(status.repairs))]),
      family(
        "lbd_contested", "gauge", "Things that somebody else changes again and again.",
        [("", Double(status.contested))]),
      family(
        "lbd_uptime_seconds", "gauge", "Time since lbd started.",
        [("", Double(status.uptimeSeconds))]),
      family(
        "lbd_configuration_errors", "gauge", "Errors in the configuration files.",
        [("", Double(status.configuration.errors.count))]),
      family(
        "lbd_findings", "gauge", "Mistakes that probes in the background have found.",
        mistakes.map { (labels(code: $0.code, service: $0.service, server: $0.server), 1) }),
      family(
        "lbd_service_active_connections", "gauge", "Established connections of a virtual service.",
        services.map { (labels(service: $0.label), Double($0.connections.active)) }),
      family(
        "lbd_service_inactive_connections", "gauge",
        "Connections of a virtual service being opened or closed.",
        services.map { (labels(service: $0.label), Double($0.connections.inactive)) }),
      family(
        "lbd_service_fallback_active", "gauge", "Whether the fallback of a virtual service serves.",
        services.compactMap { service in
          service.fallback.map { (labels(service: service.label), $0.active ? 1 : 0) }
        }),
      family(
        "lbd_server_up", "gauge", "Whether the health checks of a real server pass.",
        servers.map {
          (labels(service: $0.service, server: $0.server.label), isUp($0.server) ? 1 : 0)
        }),
      family(
        "lbd_server_weight", "gauge", "The weight that the kernel holds for a real server.",
        servers.map {
          (labels(service: $0.service, server: $0.server.label), Double($0.server.effectiveWeight))
        }),
      family(
        "lbd_server_active_connections", "gauge", "Established connections of a real server.",
        servers.map {
          (
            labels(service: $0.service, server: $0.server.label),
            Double($0.server.connections.active)
          )
        }),
      family(
        "lbd_server_inactive_connections", "gauge",
        "Connections of a real server being opened or closed.",
        servers.map {
          (
            labels(service: $0.service, server: $0.server.label),
            Double($0.server.connections.inactive)
          )
        }),
    ]
    let traffic = services.compactMap { service in
      service.traffic.map { (labels: "service=\"\(service.label)\"", counts: $0) }
    }
    let serverTraffic = servers.compactMap { server in
      server.server.traffic.map {
        (labels: "service=\"\(server.service)\",server=\"\(server.server.label)\"", counts: $0)
      }
    }
    return
      (families + counters("lbd_service", "a virtual service", traffic)
      + counters("lbd_server", "a real server", serverTraffic)).joined()
  }

  /// What the kernel has counted; a server that leaves the table and comes back begins at 0, as counters may.
  private static func counters(
    _ prefix: String, _ what: String, _ traffic: [(labels: String, counts: TrafficCounts)]
  ) -> [String] {
    func both(
      _ incoming: KeyPath<TrafficCounts, UInt64>, _ outgoing: KeyPath<TrafficCounts, UInt64>
    ) -> [(
      String, Double
    )] {
      traffic.flatMap { labels, counts in
        [
          ("{\(labels),direction=\"in\"}", Double(counts[keyPath: incoming])),
          ("{\(labels),direction=\"out\"}", Double(counts[keyPath: outgoing])),
        ]
      }
    }
    return [
      family(
        "\(prefix)_connections_total", "counter", "Connections that \(what) has got.",
        traffic.map { ("{\($0.labels)}", Double($0.counts.connections)) }),
      family(
        "\(prefix)_packets_total", "counter", "Packets to and from \(what) that came by here.",
        both(\.packetsIn, \.packetsOut)),
      family(
        "\(prefix)_bytes_total", "counter", "Bytes to and from \(what) that came by here.",
        both(\.bytesIn, \.bytesOut)),
    ]
  }

  private static func isUp(_ server: ServerOverview) -> Bool {
    server.health == .up || server.health == .unchecked
  }

  /// Labels of the configuration hold no character that would need an escape.
  private static func labels(service: String, server: String? = nil) -> String {
    let server = server.map { ",server=\"\($0)\"" } ?? ""
    return "{service=\"\(service)\"\(server)}"
  }

  private static func labels(code: String, service: String?, server: String?) -> String {
    "{code=\"\(code)\",service=\"\(service ?? "")\",server=\"\(server ?? "")\"}"
  }

  private static func family(
    _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Double)]
  ) -> String {
    guard !samples.isEmpty else { return "" }
    let lines = samples.map { sample in
      let value =
        sample.value == sample.value.rounded() ? "\(Int64(sample.value))" : "\(sample.value)"
      return "\(name)\(sample.labels) \(value)\n"
    }
    return "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" + lines.joined()
  }
}
