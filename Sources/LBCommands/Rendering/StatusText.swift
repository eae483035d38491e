import ControlAPI

/// The daemon's status as people read it.
struct StatusText {
  var status: DaemonStatus

  func lines(on display: Display) -> [String] {
    var table = Table(columns: [.init(title: ""), .init(title: "")])
    add("daemon", [daemon], to: &table)
    add("configuration", [source(display)] + files(display), to: &table)
    add("errors", status.configuration.errors.map { Table.Cell($0.description, .red) }, to: &table)
    if status.withdrawn {
      add("withdrawn", [Table.Cell("nothing of lbd's is in the kernel until 'lbctl resume'", .yellow)], to: &table)
    }
    add("last error", [lastError(display)], to: &table)
    add("repairs", [Table.Cell("\(status.repairs)", status.repairs > 0 ? .yellow : nil)], to: &table)
    if status.contested > 0 {
      add(
        "contested", [Table.Cell("\(status.contested) by somebody who undoes it again and again", .yellow)], to: &table)
    }
    add("warnings", status.warnings.map { Table.Cell($0, .yellow) }, to: &table)
    return table.lines(on: display)
  }

  private func add(_ name: String, _ values: [Table.Cell], to table: inout Table) {
    for (index, value) in values.enumerated() {
      table.rows.append(.cells([Table.Cell(index == 0 ? name : "", .faint), value]))
    }
  }

  private var daemon: Table.Cell {
    let uptime = Words.span(seconds: Int64(clamping: status.uptimeSeconds))
    return Table.Cell("lbd \(status.version), process \(status.pid), up for \(uptime)")
  }

  private func source(_ display: Display) -> Table.Cell {
    let applied = status.configuration.appliedAt.map { ", applied at \(display.time($0))" } ?? ""
    switch status.configuration.runsFrom {
    case .files where status.configuration.errors.isEmpty: return Table.Cell("runs from its files\(applied)")
    case .files: return Table.Cell("the files have errors; runs as they were before\(applied)", .red)
    case .history: return Table.Cell("the files had errors at the start; runs from the history\(applied)", .red)
    case .nothing: return Table.Cell("nothing runs: the files have errors and there is no history", .red)
    }
  }

  private func files(_ display: Display) -> [Table.Cell] {
    status.configuration.files.map { Table.Cell("\($0.path), read at \(display.time($0.readAt))") }
  }

  private func lastError(_ display: Display) -> Table.Cell {
    guard let error = status.lastError else { return "none" }
    return Table.Cell("\(display.time(error.at)): \(error.message)", .red)
  }
}
