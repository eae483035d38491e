import LoadBalancing

/// Reads the attributes of each kind of `health-check`; nil where one is wrong, and reported.
extension ElementReader {
  func application(_ check: ApplicationCheck?) -> HealthCheck.Kind? {
    guard let port = optional(ProbeAttributes.port), let check else { return nil }
    return .application(check, port: port)
  }

  func agent() -> HealthCheck.Kind? {
    guard let send = read(ProbeAttributes.send).or([]), let port = optional(ProbeAttributes.port) else { return nil }
    return .agent(send: send, port: port)
  }

  func external() -> HealthCheck.Kind? {
    required(ProbeAttributes.command, "which program to run").map { .external(command: $0) }
  }

  func payload() -> PayloadCheck? {
    let send = read(ProbeAttributes.send).or([])
    let expectation = expectation(ProbeAttributes.expectBytes) { $0 }
    guard let send, let expectation else { return nil }
    return PayloadCheck(send: send, expectation: expectation)
  }

  func https() -> HTTPCheck? {
    let serverName = optional(ProbeAttributes.serverName)
    let verifies = read(ProbeAttributes.verify).or(false)
    let authorities = optional(ProbeAttributes.caFile)
    if verifies == false, has(ProbeAttributes.caFile) {
      report(ProbeAttributes.caFile, "stands without verify=\"yes\"; the certificate is not verified then")
    }
    guard var check = http(), let serverName, let verifies, let authorities else { return nil }
    check.tls = TLSSettings(serverName: serverName, verifiesCertificate: verifies, authoritiesFile: authorities)
    return check
  }

  func http() -> HTTPCheck? {
    let method = read(ProbeAttributes.method).or(.get)
    let path = read(ProbeAttributes.path).or("/")
    let host = optional(ProbeAttributes.host)
    let statuses = read(ProbeAttributes.status).or([200...200])
    let expectation = expectation(ProbeAttributes.expect) { Array($0.utf8) }
    let credentials = credentials()
    if method == .head, has(ProbeAttributes.expect) || has(ProbeAttributes.expectRegex) {
      report(ProbeAttributes.method, "has no body in its answer, and the check expects one; allowed: GET, OPTIONS")
    }
    guard let method, let path, let host, let statuses, let expectation, let credentials else { return nil }
    return HTTPCheck(
      method: method, path: path, host: host, statuses: statuses, expectation: expectation, credentials: credentials)
  }

  func dicom() -> DICOMCheck? {
    let called = read(ProbeAttributes.calledAETitle).or("ANY-SCP")
    let calling = read(ProbeAttributes.callingAETitle).or("LBD")
    guard let called, let calling else { return nil }
    return DICOMCheck(calledAETitle: called, callingAETitle: calling)
  }

  func dns() -> DNSCheck? {
    let name = required(ProbeAttributes.name, "what to ask for")
    let record = read(ProbeAttributes.record).or(.a)
    let expected = optional(ProbeAttributes.expect)
    let transport = read(ProbeAttributes.dnsTransport).or(.udp)
    guard let name, let record, let expected, let transport else { return nil }
    return DNSCheck(name: name, record: record, expected: expected, transport: transport)
  }

  func login() -> LoginCheck? {
    let tls = read(ProbeAttributes.tls).or(.no)
    let credentials = credentials()
    guard let tls, let credentials else { return nil }
    return LoginCheck(tls: tls, credentials: credentials)
  }

  func ldap() -> LDAPCheck? {
    let base = optional(ProbeAttributes.base)
    guard let login = login(), let base else { return nil }
    return LDAPCheck(tls: login.tls, credentials: login.credentials, base: base)
  }

  /// The protocol knows a password without a user.
  func redis() -> LoginCheck? {
    let tls = tlsFromTheStart()
    let credentials = credentials(userMayBeAbsent: true)
    guard let tls, let credentials else { return nil }
    return LoginCheck(tls: tls, credentials: credentials)
  }

  func database() -> DatabaseCheck? {
    let tls = read(ProbeAttributes.tls).or(.no)
    let database = optional(ProbeAttributes.database)
    let query = optional(ProbeAttributes.query)
    if !has(ProbeAttributes.user) {
      for attribute in [ProbeAttributes.database, ProbeAttributes.query] where has(attribute) {
        report(attribute, "stands without user and password; it needs a login")
      }
    }
    guard let credentials = credentials(), let tls, let database, let query else { return nil }
    return DatabaseCheck(tls: tls, credentials: credentials, database: database, query: query)
  }

  func radius() -> RADIUSCheck? {
    let secret = required(ProbeAttributes.secret, "the one that it shares with the server")
    guard let credentials = credentials(), let secret else { return nil }
    return RADIUSCheck(secret: Secret(secret), credentials: credentials)
  }

  func sip() -> SIPCheck? { tlsFromTheStart().map { SIPCheck(tls: $0) } }

  /// nil within when the attribute is absent, nil when it is wrong.
  private func optional<Value>(_ attribute: Attribute<Value>) -> Value?? {
    switch read(attribute) {
    case .absent: .some(nil)
    case .wrong: nil
    case .value(let value): .some(value)
    }
  }

  private func required<Value>(_ attribute: Attribute<Value>, _ what: String) -> Value? {
    if !has(attribute) {
      let type = element.attribute(HealthCheckAttributes.type.name)?.value ?? ""
      report("the attribute \(attribute.name) is missing: \(type) needs to know \(what)")
    }
    return read(attribute).value
  }

  private func expectation<Value>(
    _ attribute: Attribute<Value>, _ bytes: (Value) -> [UInt8]
  ) -> Expectation?? {
    guard let text = optional(attribute), let regex = optional(ProbeAttributes.expectRegex) else { return nil }
    return .some(text.map { .text(bytes($0)) } ?? regex.map { .regex($0) })
  }

  private func credentials(userMayBeAbsent: Bool = false) -> Credentials?? {
    guard let user = optional(ProbeAttributes.user), let password = optional(ProbeAttributes.password) else {
      return nil
    }
    switch (user, password) {
    case (let user?, let password?): return .some(Credentials(user: user, password: Secret(password)))
    case (nil, let password?) where userMayBeAbsent:
      return .some(Credentials(user: "", password: Secret(password)))
    case (nil, nil): return .some(nil)
    case (_?, nil):
      report(ProbeAttributes.user, "stands without password; a login needs both")
      return nil
    case (nil, _?):
      report(ProbeAttributes.password, "stands without user; a login needs both")
      return nil
    }
  }

  /// For protocols that have no command to begin TLS.
  private func tlsFromTheStart() -> TLSUse? {
    guard let tls = read(ProbeAttributes.tls).or(.no) else { return nil }
    guard tls != .starttls else {
      report(ProbeAttributes.tls, "is not possible: the protocol has no command for it; allowed: no, yes")
      return nil
    }
    return tls
  }
}
