import ControlAPI

/// Changes of the kernel, in a line each.
struct ChangeText {
  var changes: [PlannedChange]

  func lines(on display: Display) -> [String] {
    changes.map { change in
      let (sign, color): (String, Color) =
        switch change.action {
        case .add: ("+", .green)
        case .change: ("~", .yellow)
        case .remove: ("-", .red)
        }
      let subject = Words.subject(service: change.service, server: change.server)
      let text = display.paint("\(sign) \(subject.isEmpty ? "" : subject + ": ")\(change.message)", color)
      return change.cutsConnections ? text + display.paint(" (cuts connections)", .red) : text
    }
  }
}

/// What an operator's word did to the servers.
struct StateChangeText {
  var change: StateChange

  func lines(on display: Display) -> [String] {
    let servers = change.servers.map { text($0, display) }
    guard change.dryRun else { return servers }
    let changes = ChangeText(changes: change.changes).lines(on: display)
    return servers + (changes.isEmpty ? ["nothing would change in the kernel"] : changes)
  }

  private func text(_ server: ServerInEffect, _ display: Display) -> String {
    var text = "\(Words.subject(service: server.service, server: server.server)): "
    text += change.dryRun ? "would be \(server.state.participle)" : server.state.participle
    text += ", \(server.health.rawValue), weight \(server.effectiveWeight)"
    if server.fallbackActive { text += display.paint("; the fallback server serves", .yellow) }
    if let note = server.note { text += "; \(note)" }
    return text
  }
}

extension ServerState {
  var participle: String {
    switch self {
    case .online: "online"
    case .drain: "drained"
    case .halt: "halted"
    }
  }
}

/// What is wrong with a configuration.
struct ConfigurationCheckText {
  var check: ConfigurationCheck

  func lines(on display: Display) -> [String] {
    let files = Words.count(check.files.count, "file")
    guard check.valid else {
      let errors = Words.count(check.errors.count, "error")
      return check.errors.map(\.description) + [display.paint("\(errors) in \(files)", .red)]
    }
    return [display.paint("\(files), \(Words.count(check.services, "virtual service")), no errors", .green)]
  }
}

/// One event in one line.
struct EventText {
  var event: Event

  func line(on display: Display) -> String {
    let subject = Words.subject(service: event.service, server: event.server)
    let kind = event.kind.rawValue + String(repeating: " ", count: max(0, 13 - event.kind.rawValue.count))
    var text = "\(display.time(event.at))  \(display.paint(kind, color))  "
    if !subject.isEmpty { text += "\(subject): " }
    text += event.message
    if let user = event.user { text += " (by \(user))" }
    return text
  }

  private func color(of state: String?) -> Color {
    switch state {
    case "up", "green": .green
    case "down", "red": .red
    case "unknown", "yellow": .yellow
    case "blue": .blue
    default: .faint
    }
  }

  private var color: Color? {
    switch event.kind {
    case .error: .red
    case .warning, .repair, .fallback: .yellow
    case .health, .service: color(of: event.state)
    default: .faint
    }
  }
}
