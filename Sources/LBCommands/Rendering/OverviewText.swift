import ControlAPI

/// The overview as people read it.
struct OverviewText {
  var overview: Overview
  var now: Timestamp
  /// Whether bytes a second are shown beside connections a second.
  var showsBytes = false

  func lines(on display: Display) -> [String] {
    guard !overview.services.isEmpty else {
      return ["no virtual services are configured"] + warnings(display)
    }
    var table = Table(
      columns: [
        .init(title: "  SERVER"), .init(title: "ADDRESS", yields: 1),
        .init(title: "WEIGHT", alignment: .right),
        .init(title: "ACTIVE", alignment: .right), .init(title: "INACTIVE", alignment: .right, yields: 2),
      ] + rateTitles.map { Table.Column(title: $0, alignment: .right, yields: 3) } + [
        .init(title: "STATUS", shrinks: true)
      ])
    for service in overview.services {
      table.rows.append(.line(heading(service, display)))
      for server in service.servers { table.rows.append(.cells(row(server))) }
      if let fallback = service.fallback { table.rows.append(.cells(row(fallback))) }
    }
    return table.lines(on: display) + warnings(display)
  }

  /// What the kernel has counted of late, when it has counted anything.
  private var rateTitles: [String] {
    let hasRates = overview.services.contains { service in service.servers.contains { $0.traffic != nil } }
    guard hasRates else { return [] }
    return showsBytes ? ["NEW/S", "IN/S", "OUT/S"] : ["NEW/S"]
  }

  private func rates(_ traffic: TrafficCounts?) -> [Table.Cell] {
    guard let rates = traffic?.perSecond else { return rateTitles.map { _ in "" } }
    let all = ["\(rates.connections)", Words.bytes(rates.bytesIn), Words.bytes(rates.bytesOut)]
    return all.prefix(rateTitles.count).map { Table.Cell($0) }
  }

  /// On one line, whatever room there is: what tells least is cut, then left out.
  private func heading(_ service: ServiceOverview, _ display: Display) -> String {
    let color = Color(service.status)
    var (entry, more) = (service.entryText, [service.forwarding, service.scheduler])
    if let room = display.width {
      func excess() -> Int {
        let parts = ["● " + service.label, service.status.rawValue, entry] + more
        return parts.map(\.count).reduce(0, +) + 2 * (parts.count - 1) - room
      }
      entry = Table.cut(entry, to: max(entry.count - max(excess(), 0), Table.shrunkWidthWanted))
      while excess() > 0, !more.isEmpty { more.removeLast() }
      entry = Table.cut(entry, to: max(entry.count - max(excess(), 0), 0))
    }
    let parts = [
      display.paint("● ", color) + display.paint(service.label, .bold),
      display.paint(service.status.rawValue, color), entry,
    ]
    return (parts + more).filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func row(_ server: ServerOverview) -> [Table.Cell] {
    let color = Color(server.status)
    return [
      Table.Cell("  ● \(server.label)", color),
      Table.Cell(Words.endpoint(server.address, port: server.port)),
      Table.Cell(server.weightText), Table.Cell("\(server.connections.active)"),
      Table.Cell("\(server.connections.inactive)"),
    ] + rates(server.traffic) + [Table.Cell(server.healthText(now: now), color)]
  }

  private func row(_ fallback: FallbackOverview) -> [Table.Cell] {
    [
      Table.Cell("  ○ fallback", fallback.active ? .yellow : .faint),
      Table.Cell(Words.endpoint(fallback.address, port: fallback.port)), "", "", "",
    ] + rates(nil) + [
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
    if health == .unknown, since == nil, lastCheck == nil { return "not checked" }
    var text = health.rawValue
    if let since { text += " for \(Words.span(seconds: max(0, now.seconds - since.seconds)))" }
    if let lastCheck { text += ": \(lastCheck.message)" }
    return text
  }
}
