/// The kind `external`: a program of the operator's, and what it is told.
public struct ExternalCheck: Hashable, Sendable {
  /// A path, or a name in `/etc/lbd/checks`.
  public var command: String
  /// Virtual address or mark, its port, real server's address, its port: the four that check programs expect.
  public var arguments: [String]
  public var environment: [String: String]

  public init(command: String, arguments: [String], environment: [String: String]) {
    self.command = command
    self.arguments = arguments
    self.environment = environment
  }
}

extension ExternalCheck {
  /// What a program is told about one server of a service.
  ///
  /// A service of several ports is known by its first one, and by all in `LBD_PORTS`; one of all ports, or on somebody
  /// else's mark, by port 0.
  init(command: String, of server: RealServer, in service: VirtualService) {
    let virtual: String
    let port: UInt16
    var environment = [
      "LBD_SERVICE": service.label, "LBD_SERVER": server.label, "LBD_SERVER_ADDRESS": server.address.description,
      "LBD_FORWARDING": service.forwarding.rawValue,
    ]
    switch service.entry {
    case .address(let address, let ports, let transport):
      virtual = address.description
      port = ports.isAll ? 0 : ports.singles.first ?? ports.ranges.first?.lowerBound ?? 0
      environment["LBD_VIRTUAL_ADDRESS"] = virtual
      environment["LBD_PORTS"] = ports.description
      environment["LBD_PROTOCOL"] = transport.rawValue
    case .firewallMark(let mark, _):
      virtual = String(mark)
      port = 0
      environment["LBD_FIREWALL_MARK"] = virtual
    }
    let serverPort = server.port ?? port
    environment["LBD_VIRTUAL_PORT"] = String(port)
    environment["LBD_SERVER_PORT"] = String(serverPort)
    self.init(
      command: command, arguments: [virtual, String(port), server.address.description, String(serverPort)],
      environment: environment)
  }
}
