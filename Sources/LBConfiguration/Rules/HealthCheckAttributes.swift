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
  static let method = Attribute("method", AttributeSyntax<HTTPCheck.Method>.word)
  static let path = Attribute("path", .httpTarget)
  static let host = Attribute("host", .line)
  static let status = Attribute("status", .statuses)
  static let expect = Attribute("expect", .text)
  static let expectBytes = Attribute("expect", .escapedBytes)
  static let expectRegex = Attribute("expect-regex", .regularExpression)
  static let user = Attribute("user", .line)
  static let password = Attribute("password", .line)
  static let serverName = Attribute("server-name", .hostName)
  static let verify = Attribute("verify", .boolean)
  static let caFile = Attribute("ca-file", .absolutePath)
  static let send = Attribute("send", .escapedBytes)
  static let calledAETitle = Attribute("called-ae-title", .applicationEntityTitle)
  static let callingAETitle = Attribute("calling-ae-title", .applicationEntityTitle)
  static let name = Attribute("name", .domainName)
  static let record = Attribute("record", AttributeSyntax<DNSCheck.Record>.word)
  static let dnsTransport = Attribute("transport", AttributeSyntax<DNSCheck.Transport>.word)
  static let tls = Attribute("tls", AttributeSyntax<TLSUse>.word)
  static let database = Attribute("database", .text)
  static let query = Attribute("query", .text)
  static let base = Attribute("base", .line)
  static let secret = Attribute("secret", .line)
  static let command = Attribute("command", .program)
}
