import LoadBalancing

/// The attributes of `virtual-service`.
enum VirtualServiceAttributes {
  static let label = Attribute("label", .label, required: true)
  static let address = Attribute("address", AttributeSyntax<IPAddress>.address)
  static let ports = Attribute("ports", AttributeSyntax<PortSet>.ports)
  static let transport = Attribute("protocol", AttributeSyntax<TransportProtocol>.word)
  static let forwarding = Attribute("forwarding", AttributeSyntax<Forwarding>.word)
  static let tunnelType = Attribute("tunnel-type", AttributeSyntax<Tunnel.Kind>.word)
  static let tunnelPort = Attribute("tunnel-port", AttributeSyntax<UInt16>.number(1...65535))
  static let tunnelChecksum = Attribute("tunnel-checksum", .boolean)
  static let snatAddress = Attribute("snat-address", AttributeSyntax<IPAddress>.address)
  static let scheduler = Attribute("scheduler", AttributeSyntax<Scheduler>.word)
  static let schedulerFlags = Attribute("scheduler-flags", .schedulerFlags)
  static let onePacket = Attribute("one-packet", .boolean)
  static let firewallMark = Attribute("firewall-mark", .mark(upTo: .max))
  static let family = Attribute("family", AttributeSyntax<AddressFamily>.word)
  static let interface = Attribute("interface", .interfaceChoice)
  static let onFailure = Attribute("on-failure", AttributeSyntax<VirtualService.FailureAction>.word)
  static let withdrawWhenDown = Attribute("withdraw-when-down", .boolean)
  static let enabled = Attribute("enabled", .boolean)
  static let suspect = Attribute("suspect", .boolean)

  static let all = [
    label.rule, address.rule, ports.rule, transport.rule, forwarding.rule, tunnelType.rule, tunnelPort.rule,
    tunnelChecksum.rule, snatAddress.rule, scheduler.rule, schedulerFlags.rule, onePacket.rule, firewallMark.rule,
    family.rule, interface.rule, onFailure.rule, withdrawWhenDown.rule, enabled.rule, suspect.rule,
  ]
}

/// The attributes of `persistence`.
enum PersistenceAttributes {
  static let timeout = Attribute("timeout", .wholeSeconds)
  /// The service's family narrows it further.
  static let granularity = Attribute("granularity", AttributeSyntax<Int>.number(1...128))

  static let all = [timeout.rule, granularity.rule]
}

/// The attributes of `fallback`.
enum FallbackAttributes {
  static let address = Attribute("address", AttributeSyntax<IPAddress>.address, required: true)
  static let forwarding = Attribute("forwarding", AttributeSyntax<Forwarding>.word)
  static let port = Attribute("port", .optionalPort)

  static let all = [address.rule, forwarding.rule, port.rule]
}

/// The attributes of `real-server`.
enum RealServerAttributes {
  static let label = Attribute("label", .label, required: true)
  static let address = Attribute("address", AttributeSyntax<IPAddress>.address, required: true)
  static let port = Attribute("port", .optionalPort)
  static let weight = Attribute("weight", AttributeSyntax<Int>.number(0...65535))
  static let minimumConnections = Attribute("minimum-connections", AttributeSyntax<UInt32>.number(0...UInt32.max))
  static let maximumConnections = Attribute("maximum-connections", AttributeSyntax<UInt32>.number(0...UInt32.max))

  static let all = [
    label.rule, address.rule, port.rule, weight.rule, minimumConnections.rule, maximumConnections.rule,
  ]
}
