import ControlAPI

/// Connections as people read them.
struct ConnectionsText {
  var list: ConnectionList

  func lines(on display: Display) -> [String] {
    var lines = summary(on: display)
    guard !list.connections.isEmpty else { return lines }
    var table = Table(columns: [
      .init(title: "PROTOCOL", yields: 3), .init(title: "CLIENT"), .init(title: "VIRTUAL", yields: 2),
      .init(title: "SERVER"), .init(title: "STATE"), .init(title: "EXPIRES", alignment: .right, yields: 1),
      .init(title: "LABELS", shrinks: true),
    ])
    for connection in list.connections { table.rows.append(.cells(Self.words(connection).map { Table.Cell($0) })) }
    lines += [""] + table.lines(on: display)
    let shown = UInt64(list.connections.count)
    let rest = list.summary.total + list.summary.templates - min(shown, list.summary.total + list.summary.templates)
    if rest > 0 { lines.append("… and \(rest) more; --all lists them") }
    return lines
  }

  func summary(on display: Display) -> [String] {
    let sum = list.summary
    guard sum.total + sum.templates > 0 else { return ["no connections"] }
    let states = Set(sum.groups.flatMap(\.states.keys)).sorted()
    var table = Table(
      columns: [.init(title: "SERVICE"), .init(title: "SERVER")]
        + states.map { .init(title: $0, alignment: .right) }
        + (sum.templates > 0 ? [.init(title: "TEMPLATES", alignment: .right)] : []))
    for group in sum.groups.sorted(by: { Self.order($0) < Self.order($1) }) {
      let names = [group.service ?? "not lbd's", Self.server(group.server, group.fallback)]
      let counts = states.map { state in group.states[state].map(String.init) ?? "" }
      let templates = sum.templates > 0 ? ["\(group.templates)"] : []
      table.rows.append(.cells((names + counts + templates).map { Table.Cell($0) }))
    }
    return table.lines(on: display) + [Self.total(sum)]
  }

  /// Above the lines of ``line(_:)``.
  let heading = Self.joined(["PROTOCOL", "CLIENT", "VIRTUAL", "SERVER", "STATE", "EXPIRES", "LABELS"])

  /// One of many that are printed as they come, in columns wide enough for IPv4.
  static func line(_ connection: Connection) -> String { joined(words(connection)) }

  private static func joined(_ words: [String]) -> String {
    zip(words, [8, 21, 21, 21, 11, 7, 0]).map { word, width in
      word + String(repeating: " ", count: max(0, width - word.count))
    }.joined(separator: "  ")
  }

  private static func words(_ connection: Connection) -> [String] {
    let labels = [connection.service, server(connection.server, connection.fallback)].compactMap { $0 }
    return [
      connection.protocol, Words.endpoint(connection.client, port: connection.clientPort),
      connection.virtualAddress.map { Words.endpoint($0, port: connection.virtualPort) } ?? "mark",
      Words.endpoint(connection.destination, port: connection.destinationPort),
      connection.template == true ? "template" : connection.state, "\(connection.expiresIn) s",
      labels.filter { !$0.isEmpty }.joined(separator: "/"),
    ]
  }

  private static func server(_ label: String?, _ fallback: Bool?) -> String {
    label ?? (fallback == true ? "fallback" : "")
  }

  private static func order(_ group: ConnectionSummary.Group) -> String {
    "\(group.service ?? "\u{FF}")\u{0}\(group.server ?? "\u{FF}")"
  }

  private static func total(_ sum: ConnectionSummary) -> String {
    Words.count(Int(clamping: sum.total), "connection")
      + (sum.templates > 0 ? ", " + Words.count(Int(clamping: sum.templates), "template") : "")
  }
}
