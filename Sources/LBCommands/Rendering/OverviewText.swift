import ControlAPI

/// The overview as people read it.
struct OverviewText {
  var overview: Overview
  var now: Timestamp

  func lines(on display: Display) -> [String] {
    guard !overview.services.isEmpty else {
      return ["no virtual services are configured"] + warnings(display)
    }
    let rates = hasRates ? [Table.Column(title: "NEW/S", alignment: .right)] : []
    var table = Table(
      columns: [
        .init(title: "  SERVER"), .init(title: "ADDRESS"),
        .init(title: "WEIGHT", alignment: .right),
        .init(title: "ACTIVE", alignment: .right), .init(title: "INACTIVE", alignment: .right),
      ] + rates + [.init(title: "STATUS", shrinks: true)])
    for service in overview.services {
      table.rows.append(.line(heading(service, display)))
      for server in service.servers { table.rows.append(.cells(row(server))) }
      if let fallback = service.fallback { table.rows.append(.cells(row(fallback))) }
    }
    return table.lines(on: display) + warnings(display)
  }

  /// Whether the kernel has counted anything: connections a second are shown then.
  private var hasRates: Bool {
    overview.services.contains { service in service.servers.contains { $0.traffic != nil } }
  }

  private func heading(_ service: ServiceOverview, _ display: Display) -> String {
    let color = Color(service.status)
    let parts = [
      display.paint("● ", color) + display.paint(service.label, .bold),
      display.paint(service.status.rawValue, color), service.entryText, service.forwarding,
      service.scheduler,
    ]
    return parts.joined(separator: "  ")
  }

  private func row(_ server: ServerOverview) -> [Table.Cell] {
    let color = Color(server.status)
    let rate =
      hasRates ? [Table.Cell(server.traffic.map { "\($0.perSecond.connections)" } ?? "")] : []
    return [
      Table.Cell("  ● \(server.label)", color),
      Table.Cell(Words.endpoint(server.address, port: server.port)),
      Table.Cell(server.weightText), Table.Cell("\(server.connections.active)"),
      Table.Cell("\(server.connections.inactive)"),
    ] + rate + [Table.Cell(server.healthText(now: now), color)]
  }

  private func row(_ fallback: FallbackOverview) -> [Table.Cell] {
    [
      Table.Cell("  ○ fallback", fallback.active ? .yellow : .faint),
      Table.Cell(Words.endpoint(fallback.address, port: fallback.port)), "", "", "",
    ] + (hasRates ? [""] : []) + [
      fallback.active ? Table.Cell("serves", .yellow) : Table.Cell("stands by", .faint)
    ]
  }

  private func warnings(_ display: Display) -> [String] {
    overview.warnings.map { display.paint("warning: \($0)", .yellow) }
  }
}

extension ServiceOverview {
  /// `10.10.90.199 tcp 104,1099`, or `mark 7 inet`.
  var entryText: String {
    if let firewallMark { return "mark \(firewallMark) \(family ?? "inet")" }
    return [address, `protocol`, ports].compactMap { $0 }.joined(separator: " ")
  }
}

extension ServerOverview {
  /// The weight, or the operator's word instead.
  var weightText: String { state == .online ? "\(weight)" : state.rawValue }

  /// `down for 12 s: connection refused`
  func healthText(now: Timestamp) -> String {
    var text = health.rawValue
    if let since { text += " for \(Words.span(seconds: max(0, now.seconds - since.seconds)))" }
    if let lastCheck { text += ": \(lastCheck.message)" }
    return text
  }
}
