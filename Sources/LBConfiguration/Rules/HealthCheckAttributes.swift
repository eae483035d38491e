import LoadBalancing

/// When a check runs and how its results count.
enum TimingAttributes {
  static let interval = Attribute("interval", .seconds(from: .milliseconds(100), to: .seconds(86400)))
  static let timeout = Attribute("timeout", .seconds(from: .milliseconds(100), to: .seconds(3600)))
  static let failures = Attribute("failures", AttributeSyntax<Int>.number(1...1000))
  static let successes = Attribute("successes", AttributeSyntax<Int>.number(1...1000))
  static let fastInterval = Attribute("fast-interval", .seconds(from: .milliseconds(100), to: .seconds(86400)))

  /// Those that `global` gives to all checks and each check may override.
  static let overridable = [interval.rule, timeout.rule, failures.rule, successes.rule]
}

/// The attributes of `health-check`, whatever its kind.
enum HealthCheckAttributes {
  static let type = Attribute("type", .words(HealthCheckKindRule.all.map(\.type)), required: true)
  static let via = Attribute("via", AttributeSyntax<HealthCheck.Via>.word)

  static let common = [type.rule] + TimingAttributes.overridable + [TimingAttributes.fastInterval.rule, via.rule]
}

/// The attributes that belong to single kinds of `health-check`.
enum ProbeAttributes {
  static let connectPorts = Attribute("port", .checkPorts)
  static let port = Attribute("port", AttributeSyntax<UInt16>.number(1...65535))
  static let method = Attribute("method", .text)
  static let path = Attribute("path", .text)
  static let host = Attribute("host", .text)
  static let status = Attribute("status", .statuses)
  static let expect = Attribute("expect", .text)
  static let expectRegex = Attribute("expect-regex", .text)
  static let user = Attribute("user", .text)
  static let password = Attribute("password", .text)
  static let serverName = Attribute("server-name", .text)
  static let verify = Attribute("verify", .boolean)
  static let caFile = Attribute("ca-file", .text)
  static let send = Attribute("send", .text)
  static let calledAETitle = Attribute("called-ae-title", .text)
  static let callingAETitle = Attribute("calling-ae-title", .text)
  static let name = Attribute("name", .text)
  static let record = Attribute("record", .text)
  static let dnsTransport = Attribute("transport", .words(["udp", "tcp"]))
  static let tls = Attribute("tls", .words(["no", "yes", "starttls"]))
  static let database = Attribute("database", .text)
  static let query = Attribute("query", .text)
  static let base = Attribute("base", .text)
  static let secret = Attribute("secret", .text)
  static let command = Attribute("command", .text)
}
