/// What there is to say about a check; put into words for those who read it, because thousands pass in a second and few
/// are read.
enum CheckMessage: Hashable, Sendable {
  case words(String)
  /// All these ports, within this time.
  case connected(to: [UInt16], in: Duration)

  var text: String {
    switch self {
    case .words(let text): text
    case .connected(let ports, let duration): "connected to \(Self.list(ports)) in \(duration.text)"
    }
  }

  /// `port 104`, `ports 104, 1099 and 2099`, `20 ports`.
  private static func list(_ ports: [UInt16]) -> String {
    guard let last = ports.last, ports.count > 1 else { return "port \(ports.first ?? 0)" }
    guard ports.count <= 8 else { return "\(ports.count) ports" }
    return "ports \(ports.dropLast().map(String.init).joined(separator: ", ")) and \(last)"
  }
}
