/// A value of the configuration as an operator would write or say it.
protocol OperatorWords {
  var words: String { get }
}

extension Optional: OperatorWords where Wrapped: OperatorWords {
  var words: String { map(\.words) ?? "none" }
}

extension Array: OperatorWords where Element: OperatorWords {
  var words: String { isEmpty ? "none" : map(\.words).joined(separator: ", ") }
}

extension OperatorWords where Self: RawRepresentable, RawValue == String {
  var words: String { rawValue }
}

extension OperatorWords where Self: CustomStringConvertible {
  var words: String { description }
}

extension Bool: OperatorWords {
  var words: String { self ? "yes" : "no" }
}

extension String: OperatorWords {}
extension Int: OperatorWords {}
extension UInt16: OperatorWords {}
extension UInt32: OperatorWords {}
extension IPAddress: OperatorWords {}
extension PortSet: OperatorWords {}
extension TransportProtocol: OperatorWords {}
extension Forwarding: OperatorWords {}
extension Scheduler: OperatorWords {}
extension VirtualService.FailureAction: OperatorWords {}
extension GlobalSettings.PersistentClients: OperatorWords {}

extension Duration: OperatorWords {
  /// Seconds with as many decimals as are needed: `6 s`, `0.5 s`.
  var words: String {
    let (seconds, attoseconds) = components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    guard milliseconds > 0 else { return "\(seconds) s" }
    var decimals = String(1000 + milliseconds).dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(seconds).\(decimals) s"
  }
}

extension Tunnel: OperatorWords {
  var words: String {
    kind.rawValue + (port.map { " port \($0)" } ?? "") + (checksum ? " with checksum" : "")
  }
}

extension SchedulerFlags: OperatorWords {
  var words: String {
    isEmpty ? "none" : SchedulerFlags.vocabulary.filter { contains($0.flag) }.map(\.word).joined(separator: ",")
  }
}

extension VirtualService.InterfaceChoice: OperatorWords {
  var words: String {
    switch self {
    case .automatic: "automatic"
    case .none: "none"
    case .named(let name): name
    }
  }
}

extension VirtualService.Entry: OperatorWords {
  var words: String {
    switch self {
    case .address(let address, let ports, let transport): "\(address) \(transport.rawValue) \(ports)"
    case .firewallMark(let mark, let family): "mark \(mark) (\(family.rawValue))"
    }
  }
}

extension Persistence: OperatorWords {
  var words: String { "\(timeout.words), granularity \(granularity)" }
}

extension FallbackServer: OperatorWords {
  var words: String {
    address.description + (port.map { " port \($0)" } ?? "") + (forwarding.map { " by \($0.rawValue)" } ?? "")
  }
}

extension KernelTimeouts: OperatorWords {}

extension KernelTimeouts: CustomStringConvertible {
  /// `tcp 900 s, tcp-fin 120 s, udp 300 s`.
  public var description: String { "tcp \(tcp.words), tcp-fin \(tcpFin.words), udp \(udp.words)" }
}

extension CheckTiming: OperatorWords {
  var words: String {
    "every \(interval.words), timeout \(timeout.words), \(failures) failures, \(successes) successes"
      + (fastInterval.map { ", fast \($0.words)" } ?? "")
  }
}

extension CheckPorts: OperatorWords {
  var words: String {
    switch self {
    case .automatic: "the service's ports"
    case .list(let ports): ports.words
    case .all: "all ports"
    }
  }
}

extension HealthCheck: OperatorWords {
  var words: String { "\(kind.words)\(via == .vip ? " through the virtual address" : "") \(timing.words)" }
}

extension HealthCheck.Kind: OperatorWords {
  var words: String {
    switch self {
    case .on: "on"
    case .off: "off"
    case .connect(let ports): "connect to \(ports.words)"
    case .ping: "ping"
    case .application(let check, let port): check.type + (port.map { " on port \($0)" } ?? "")
    case .agent(_, let port): "agent" + (port.map { " on port \($0)" } ?? "")
    case .external(let command): "external \(command)"
    }
  }
}
