import LoadBalancing

/// The attributes of `load-balancer`.
enum RootAttributes {
  /// The version of the format.
  static let version = Attribute("version", .words(["1"]))
}

/// The attributes of `global`.
enum GlobalAttributes {
  static let watch = Attribute("watch", .boolean)
  static let diagnose = Attribute("diagnose", .boolean)
  static let firewallMarkBase = Attribute("firewall-mark-base", .mark(upTo: 0xFFFF_0000))

  static let all = [watch.rule, diagnose.rule, firewallMarkBase.rule]
}

/// The attributes of `draining`.
enum DrainingAttributes {
  static let persistentClients = Attribute(
    "persistent-clients", AttributeSyntax<GlobalSettings.PersistentClients>.word)
}

/// The attributes of `timeouts`.
enum TimeoutAttributes {
  static let tcp = Attribute("tcp", .wholeSeconds)
  static let tcpFin = Attribute("tcp-fin", .wholeSeconds)
  static let udp = Attribute("udp", .wholeSeconds)

  static let all = [tcp.rule, tcpFin.rule, udp.rule]
}

/// The attributes of `notify`.
enum NotifyAttributes {
  static let command = Attribute("command", .program, required: true)
}

/// The attributes of `floating-ip`.
enum FloatingIPAttributes {
  static let address = Attribute("address", .prefixedAddress, required: true)
  static let interface = Attribute("interface", .interface)

  static let all = [address.rule, interface.rule]
}

/// The attributes of `outbound-masquerade`.
enum OutboundMasqueradeAttributes {
  static let source = Attribute("source", .subnet, required: true)
  static let interface = Attribute("interface", .interface, required: true)

  static let all = [source.rule, interface.rule]
}
