import Director
import Logging

extension Logger {
  /// Writes an event as one line.
  func log(_ event: DirectorEvent) {
    let level: Logger.Level =
      switch event.severity {
      case .information: .info
      case .warning: .warning
      case .error: .error
      }
    var metadata: Logger.Metadata = ["event": "\(event.kind.rawValue)"]
    if let service = event.service { metadata["service"] = "\(service)" }
    if let server = event.server { metadata["server"] = "\(server)" }
    if let state = event.state { metadata["state"] = "\(state)" }
    if let user = event.user { metadata["user"] = "\(user)" }
    let server = event.server.map { "\($0): " } ?? ""
    let user = event.user.map { " (by \($0))" } ?? ""
    log(level: level, "\(server)\(event.message)\(user)", metadata: metadata)
  }
}
