import ControlAPI

/// What an edit changed, in lines.
struct EditOutcomeText {
  var outcome: EditOutcome

  func lines(on display: Display) -> [String] {
    guard let file = outcome.file else { return ["nothing to change: it is so already"] }
    let changes = ChangeText(changes: outcome.changes).lines(on: display)
    return outcome.notes + changes + [outcome.dryRun ? "would be written to \(file)" : "written to \(file)"]
  }
}

/// The floating IPs in a line each.
struct FloatingIPListText {
  var list: FloatingIPList

  func lines(on display: Display) -> [String] {
    guard !list.floatingIPs.isEmpty else { return ["no floating IPs are configured"] }
    var table = Table(columns: [.init(title: "ADDRESS"), .init(title: "INTERFACE")])
    for floating in list.floatingIPs {
      let length = floating.prefixLength.map { "/\($0)" } ?? ""
      table.append(Table.Cell(floating.address + length), Table.Cell(floating.interface ?? "automatic"))
    }
    return table.lines(on: display)
  }
}

/// The configuration that runs, as XML with a comment before each part.
struct RunningConfigurationText {
  var running: RunningConfiguration

  func lines(on display: Display) -> [String] {
    guard !running.parts.isEmpty else { return ["nothing is configured"] }
    let parts = running.parts.flatMap { part in
      [display.paint("  <!-- \(part.file):\(part.line) -->", .faint), "  \(part.text)"]
    }
    return ["<load-balancer version=\"1\">"] + parts + ["</load-balancer>"]
  }
}

/// The configurations that were applied last, in a line each.
struct ConfigurationHistoryText {
  var history: ConfigurationHistoryList

  func lines(on display: Display) -> [String] {
    guard !history.configurations.isEmpty else { return ["no configuration was applied yet"] }
    var table = Table(columns: [
      .init(title: "BACK", alignment: .right), .init(title: "APPLIED AT"), .init(title: "FILES", shrinks: true),
    ])
    for entry in history.configurations {
      let files = entry.files.isEmpty ? Table.Cell("damaged", .red) : Table.Cell(entry.files.joined(separator: ", "))
      table.append(Table.Cell("\(entry.back)"), Table.Cell(entry.appliedAt.map(display.time) ?? "unknown"), files)
    }
    return table.lines(on: display)
  }
}
