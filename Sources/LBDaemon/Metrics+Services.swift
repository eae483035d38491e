import ControlAPI
import Director
import HealthChecks
import LoadBalancing

extension Metrics {
  /// A real server and the labels that name it.
  private typealias Named = (name: ServerName, labels: MetricFamily.Labels, server: ServerOverview)

  var services: [MetricFamily] {
    func gauge(_ name: String, _ help: String, _ value: (ServiceOverview) -> Double) -> MetricFamily {
      MetricFamily(name, .gauge, help, overview.services) { ([("service", $0.label)], value($0)) }
    }
    var colors = MetricFamily("lbd_service_status", .gauge, "Which colour a virtual service has.")
    for service in overview.services {
      for color in StatusColor.allCases {
        colors.add(service.status == color ? 1 : 0, [("service", service.label), ("status", color.rawValue)])
      }
    }
    let fallbacks = overview.services.filter { $0.fallback != nil }
    return [
      colors,
      gauge("lbd_service_active_connections", "Established connections of a virtual service.") {
        Double($0.connections.active)
      },
      gauge("lbd_service_inactive_connections", "Connections of a virtual service being opened or closed.") {
        Double($0.connections.inactive)
      },
      MetricFamily(
        "lbd_service_fallback_active", .gauge, "Whether the fallback of a virtual service serves.", fallbacks
      ) { ([("service", $0.label)], $0.fallback?.active == true ? 1 : 0) },
    ]
      + traffic(
        "lbd_service", "a virtual service",
        overview.services.compactMap { service in service.traffic.map { ([("service", service.label)], $0) } })
  }

  var servers: [MetricFamily] {
    let servers: [Named] = overview.services.flatMap { service in
      service.servers.map {
        (ServerName(service: service.label, server: $0.label), [("service", service.label), ("server", $0.label)], $0)
      }
    }
    func gauge(_ name: String, _ help: String, _ value: (ServerOverview) -> Double) -> MetricFamily {
      MetricFamily(name, .gauge, help, servers) { ($0.labels, value($0.server)) }
    }
    return [
      gauge("lbd_server_up", "Whether the health checks of a real server pass.") {
        $0.health == .up || $0.health == .unchecked ? 1 : 0
      },
      gauge("lbd_server_online", "Whether no operator has drained or halted a real server.") {
        $0.state == .online ? 1 : 0
      },
      gauge("lbd_server_weight", "The weight that the kernel holds for a real server.") { Double($0.effectiveWeight) },
      gauge("lbd_server_active_connections", "Established connections of a real server.") {
        Double($0.connections.active)
      },
      gauge("lbd_server_inactive_connections", "Connections of a real server being opened or closed.") {
        Double($0.connections.inactive)
      },
    ] + checks(of: servers)
      + traffic(
        "lbd_server", "a real server",
        servers.compactMap { named in
          named.server.traffic.map { (named.labels, $0) }
        })
  }

  private func checks(of servers: [Named]) -> [MetricFamily] {
    var checks = MetricFamily("lbd_server_checks_total", .counter, "Health checks of a real server that have ended.")
    var suspicions = MetricFamily(
      "lbd_server_suspicions_total", .counter,
      "How often clients of a real server got no answer, and what its health checks said at once.")
    var changes = MetricFamily("lbd_server_changes_total", .counter, "Changes of a real server's health.")
    for (name, labels, _) in servers {
      guard let work = work.servers[name] else { continue }
      checks.add(work.checks, labels)
      if let counts = work.suspicions { suspicions.add(counts, labels) }
      changes.add(Double(work.changes), labels)
    }
    return [checks, suspicions, changes]
  }

  /// What the kernel has counted; a server that leaves the table and comes back begins at 0, as counters may.
  private func traffic(
    _ prefix: String, _ what: String, _ traffic: [(labels: MetricFamily.Labels, counts: TrafficCounts)]
  ) -> [MetricFamily] {
    var packets = MetricFamily(
      "\(prefix)_packets_total", .counter, "Packets to and from \(what) that came by here.")
    var bytes = MetricFamily("\(prefix)_bytes_total", .counter, "Bytes to and from \(what) that came by here.")
    for (labels, counts) in traffic {
      packets.add(Double(counts.packetsIn), labels + [("direction", "in")])
      packets.add(Double(counts.packetsOut), labels + [("direction", "out")])
      bytes.add(Double(counts.bytesIn), labels + [("direction", "in")])
      bytes.add(Double(counts.bytesOut), labels + [("direction", "out")])
    }
    return [
      MetricFamily("\(prefix)_connections_total", .counter, "Connections that \(what) has got.", traffic) {
        ($0.labels, Double($0.counts.connections))
      },
      packets, bytes,
    ]
  }
}

extension MetricFamily {
  fileprivate mutating func add(_ counts: CheckCounts, _ labels: Labels) {
    for (result, count) in [
      ("passed", counts.passed), ("failed", counts.failed), ("inconclusive", counts.inconclusive),
    ] {
      add(Double(count), labels + [("result", result)])
    }
  }
}
