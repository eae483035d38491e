import ControlAPI

/// All virtual services in a line each.
struct ServiceListText {
  var list: ServiceList

  func lines(on display: Display) -> [String] {
    guard !list.services.isEmpty else { return ["no virtual services are configured"] }
    var table = Table(columns: [
      .init(title: "  SERVICE"), .init(title: "STATUS"), .init(title: "ADDRESS"),
      .init(title: "PROTOCOL"),
      .init(title: "PORTS", shrinks: true), .init(title: "FORWARDING"), .init(title: "SCHEDULER"),
      .init(title: "SERVERS", alignment: .right),
    ])
    for service in list.services.map(\.overview) {
      let color = Color(service.status)
      table.append(
        Table.Cell("● \(service.label)", color), Table.Cell(service.status.rawValue, color),
        Table.Cell(service.firewallMark.map { "mark \($0)" } ?? service.address ?? ""),
        Table.Cell(service.protocol ?? service.family ?? ""), Table.Cell(service.ports ?? ""),
        Table.Cell(service.forwarding), Table.Cell(service.scheduler),
        Table.Cell("\(service.servers.count)"))
    }
    return table.lines(on: display)
  }
}

/// One virtual service with its settings and servers.
struct ServiceText {
  var service: ServiceDetail
  var now: Timestamp

  func lines(on display: Display) -> [String] {
    var table = Table(columns: [.init(title: ""), .init(title: "")])
    for (name, value) in settings where !value.isEmpty {
      table.append(Table.Cell("  \(name)", .faint), Table.Cell(value))
    }
    let overview = OverviewText(overview: Overview(services: [service.overview]), now: now).lines(
      on: display)
    // The overview begins with the titles and the service itself.
    let (titles, heading, servers) = (overview[0], overview[1], overview[2...])
    return [heading] + table.lines(on: display) + [titles] + servers
  }

  private var settings: [(name: String, value: String)] {
    let settings = service.settings
    return [
      ("enabled", settings.enabled ? "" : "no"),
      ("interface", settings.interface ?? ""),
      (
        "persistence",
        settings.persistence.map { "\($0.timeout) s, granularity /\($0.granularity)" } ?? "none"
      ),
      ("on failure", settings.onFailure),
      ("one packet", settings.onePacket ? "yes" : ""),
      ("withdraw when down", settings.withdrawWhenDown ? "yes" : ""),
      ("suspect", settings.suspect ? "yes" : ""),
      ("source address", settings.snatAddress ?? ""),
      ("tunnel", Self.tunnel(of: settings)),
      ("scheduler flags", (settings.schedulerFlags ?? []).joined(separator: ",")),
      ("health checks", Self.text(of: settings.healthChecks)),
      (
        "connections",
        "\(service.overview.connections.active) active, \(service.overview.connections.inactive) inactive"
      ),
      ("traffic", service.overview.traffic.map(Self.text) ?? ""),
    ] + ownChecks
  }

  private static func text(of traffic: TrafficCounts) -> String {
    let rates = traffic.perSecond
    return "\(traffic.connections) connections (\(rates.connections)/s), "
      + "\(traffic.packetsIn) packets (\(rates.packetsIn)/s) and \(traffic.bytesIn) bytes (\(rates.bytesIn)/s) in, "
      + "\(traffic.packetsOut) packets (\(rates.packetsOut)/s) and \(traffic.bytesOut) bytes (\(rates.bytesOut)/s) out"
  }

  /// `gue to port 6080 with checksum`
  private static func tunnel(of settings: ServiceSettings) -> String {
    guard let type = settings.tunnelType else { return "" }
    return type + (settings.tunnelPort.map { " to port \($0)" } ?? "")
      + (settings.tunnelChecksum == true ? " with checksum" : "")
  }

  /// Those of servers that have checks of their own.
  private var ownChecks: [(name: String, value: String)] {
    service.overview.servers.compactMap { server in
      server.healthChecks.map { ("health checks of \(server.label)", Self.text(of: $0)) }
    }
  }

  /// With their numbers, by which 'check edit' knows them, when there are several.
  private static func text(of checks: [HealthCheckSettings]) -> String {
    guard checks.count > 1 else { return checks.first?.text ?? "" }
    return checks.enumerated().map { "\($0 + 1): \($1.text)" }.joined(separator: "; ")
  }
}

extension HealthCheckSettings {
  /// `connect to 1099 through the virtual address every 6 s, timeout 3 s, down after 2, up after 1`
  var text: String {
    guard type != "on", type != "off" else { return type }
    let port = port.map { " to \($0)" } ?? ""
    let way = via == "vip" ? " through the virtual address" : ""
    let faster = fastInterval.map { " (\(Self.seconds($0)) while unsettled)" } ?? ""
    return "\(type)\(port)\(way) every \(Self.seconds(interval))\(faster), timeout \(Self.seconds(timeout)), "
      + "down after \(failures), up after \(successes)"
  }

  /// `6 s` or `0.5 s`
  private static func seconds(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value)) s" : "\(value) s"
  }
}
