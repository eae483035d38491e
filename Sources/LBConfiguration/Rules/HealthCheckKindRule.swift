import LoadBalancing

/// A kind of `health-check` and the attributes that belong to it alone.
struct HealthCheckKindRule: Sendable {
  let type: String
  let attributes: [AttributeRule]
  /// Whether the attribute `port` can be left out only where the server has one port.
  let needsPort: Bool
  /// Reads the kind; nil while lbd knows its attributes and cannot run it.
  let read: (@Sendable (ElementReader) -> HealthCheck.Kind?)?

  init(
    _ type: String, _ attributes: [AttributeRule] = [], needsPort: Bool = false,
    read: (@Sendable (ElementReader) -> HealthCheck.Kind?)? = nil
  ) {
    self.type = type
    self.attributes = attributes
    self.needsPort = needsPort
    self.read = read
  }

  static func of(_ type: String) -> HealthCheckKindRule? { byType[type] }

  private static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })

  /// Every attribute of every kind, each name once: what the schema offers.
  static let allAttributes: [AttributeRule] = {
    var names: Set<String> = []
    let own = all.flatMap(\.attributes)
    return (HealthCheckAttributes.common + own).filter { names.insert($0.name).inserted }
  }()

  static let all: [HealthCheckKindRule] =
    [
      HealthCheckKindRule("on") { _ in .on },
      HealthCheckKindRule("off") { _ in .off },
      HealthCheckKindRule("connect", [ProbeAttributes.connectPorts.rule]) { reader in
        reader.read(ProbeAttributes.connectPorts).or(.automatic).map { .connect($0) }
      },
      HealthCheckKindRule("ping") { _ in .ping },
    ] + contentKinds + protocolKinds + [
      HealthCheckKindRule("external", [ProbeAttributes.command.rule]) { $0.external() },
      HealthCheckKindRule("agent", [ProbeAttributes.port.rule, ProbeAttributes.send.rule]) { $0.agent() },
    ]

  private static let contentKinds: [HealthCheckKindRule] = {
    let http =
      [
        ProbeAttributes.port.rule, ProbeAttributes.method.rule, ProbeAttributes.path.rule, ProbeAttributes.host.rule,
        ProbeAttributes.status.rule, ProbeAttributes.user.rule, ProbeAttributes.password.rule,
        ProbeAttributes.expect.rule, ProbeAttributes.expectRegex.rule,
      ]
    let tls = [ProbeAttributes.serverName.rule, ProbeAttributes.verify.rule, ProbeAttributes.caFile.rule]
    let payload = [
      ProbeAttributes.port.rule, ProbeAttributes.send.rule, ProbeAttributes.expectBytes.rule,
      ProbeAttributes.expectRegex.rule,
    ]
    return [
      HealthCheckKindRule("http", http, needsPort: true) { $0.application($0.http().map { .http($0) }) },
      HealthCheckKindRule("https", http + tls, needsPort: true) { $0.application($0.https().map { .http($0) }) },
      HealthCheckKindRule("tcp", payload, needsPort: true) { $0.application($0.payload().map { .tcp($0) }) },
      HealthCheckKindRule("udp", payload, needsPort: true) { $0.application($0.payload().map { .udp($0) }) },
    ]
  }()

  private static let protocolKinds: [HealthCheckKindRule] = {
    let port = ProbeAttributes.port.rule
    let login = [port, ProbeAttributes.tls.rule, ProbeAttributes.user.rule, ProbeAttributes.password.rule]
    let database = login + [ProbeAttributes.database.rule, ProbeAttributes.query.rule]
    return [
      HealthCheckKindRule(
        "dicom", [port, ProbeAttributes.calledAETitle.rule, ProbeAttributes.callingAETitle.rule], needsPort: true
      ) { $0.application($0.dicom().map { .dicom($0) }) },
      HealthCheckKindRule(
        "dns",
        [
          port, ProbeAttributes.name.rule, ProbeAttributes.record.rule, ProbeAttributes.expect.rule,
          ProbeAttributes.dnsTransport.rule,
        ]
      ) { $0.application($0.dns().map { .dns($0) }) },
      HealthCheckKindRule("smtp", login, needsPort: true) { $0.application($0.login().map { .smtp($0) }) },
      HealthCheckKindRule("imap", login, needsPort: true) { $0.application($0.login().map { .imap($0) }) },
      HealthCheckKindRule("pop3", login, needsPort: true) { $0.application($0.login().map { .pop3($0) }) },
      HealthCheckKindRule("ftp", login, needsPort: true) { $0.application($0.login().map { .ftp($0) }) },
      HealthCheckKindRule("ldap", login + [ProbeAttributes.base.rule], needsPort: true) {
        $0.application($0.ldap().map { .ldap($0) })
      },
      HealthCheckKindRule("mysql", database, needsPort: true) { $0.application($0.database().map { .mysql($0) }) },
      HealthCheckKindRule("postgresql", database, needsPort: true) {
        $0.application($0.database().map { .postgresql($0) })
      },
      HealthCheckKindRule("redis", login, needsPort: true) { $0.application($0.redis().map { .redis($0) }) },
      HealthCheckKindRule(
        "radius",
        [port, ProbeAttributes.user.rule, ProbeAttributes.password.rule, ProbeAttributes.secret.rule], needsPort: true
      ) { $0.application($0.radius().map { .radius($0) }) },
      HealthCheckKindRule("sip", [port, ProbeAttributes.tls.rule], needsPort: true) {
        $0.application($0.sip().map { .sip($0) })
      },
      HealthCheckKindRule("ntp", [port], needsPort: true) { $0.application(.ntp) },
    ]
  }()
}
