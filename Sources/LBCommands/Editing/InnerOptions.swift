import ArgumentParser
import LBConfiguration

/// The attributes of a health check inside another element, its name in front.
struct InnerCheckOptions: InnerElementOptions {
  @Option(help: .attribute("type", of: "health-check")) var checkType: String?
  @Option(help: .attribute("interval", of: "health-check")) var checkInterval: String?
  @Option(help: .attribute("timeout", of: "health-check")) var checkTimeout: String?
  @Option(help: .attribute("failures", of: "health-check")) var checkFailures: String?
  @Option(help: .attribute("successes", of: "health-check")) var checkSuccesses: String?
  @Option(help: .attribute("fast-interval", of: "health-check")) var checkFastInterval: String?
  @Option(help: .attribute("via", of: "health-check")) var checkVia: String?
  @Option(help: .attribute("port", of: "health-check")) var checkPort: String?
  @Option(help: .attribute("method", of: "health-check")) var checkMethod: String?
  @Option(help: .attribute("path", of: "health-check")) var checkPath: String?
  @Option(help: .attribute("host", of: "health-check")) var checkHost: String?
  @Option(help: .attribute("status", of: "health-check")) var checkStatus: String?
  @Option(help: .attribute("expect", of: "health-check")) var checkExpect: String?
  @Option(help: .attribute("expect-regex", of: "health-check")) var checkExpectRegex: String?
  @Option(help: .attribute("user", of: "health-check")) var checkUser: String?
  @Option(help: .attribute("password", of: "health-check")) var checkPassword: String?
  @Option(help: .attribute("server-name", of: "health-check")) var checkServerName: String?
  @Option(help: .attribute("verify", of: "health-check")) var checkVerify: String?
  @Option(help: .attribute("ca-file", of: "health-check")) var checkCaFile: String?
  @Option(help: .attribute("send", of: "health-check")) var checkSend: String?
  @Option(help: .attribute("called-ae-title", of: "health-check")) var checkCalledAeTitle: String?
  @Option(help: .attribute("calling-ae-title", of: "health-check")) var checkCallingAeTitle: String?
  @Option(help: .attribute("name", of: "health-check")) var checkName: String?
  @Option(help: .attribute("record", of: "health-check")) var checkRecord: String?
  @Option(help: .attribute("transport", of: "health-check")) var checkTransport: String?
  @Option(help: .attribute("tls", of: "health-check")) var checkTls: String?
  @Option(help: .attribute("database", of: "health-check")) var checkDatabase: String?
  @Option(help: .attribute("query", of: "health-check")) var checkQuery: String?
  @Option(help: .attribute("base", of: "health-check")) var checkBase: String?
  @Option(help: .attribute("secret", of: "health-check")) var checkSecret: String?
  @Option(help: .attribute("command", of: "health-check")) var checkCommand: String?

  static let element = "health-check"
  static let prefix = "check-"
}

/// The element `persistence` of a service.
struct PersistenceOptions: InnerElementOptions {
  @Option(help: .attribute("timeout", of: "persistence")) var persistenceTimeout: String?
  @Option(help: .attribute("granularity", of: "persistence")) var persistenceGranularity: String?

  @Flag(help: "No persistence: every connection is scheduled by itself.") var noPersistence = false

  static let element = "persistence"
  static let prefix = "persistence-"
}

/// The element `fallback` of a service.
struct FallbackOptions: InnerElementOptions {
  @Option(help: .attribute("address", of: "fallback")) var fallbackAddress: String?
  @Option(help: .attribute("forwarding", of: "fallback")) var fallbackForwarding: String?
  @Option(help: .attribute("port", of: "fallback")) var fallbackPort: String?

  @Flag(help: "No fallback server.") var noFallback = false

  static let element = "fallback"
  static let prefix = "fallback-"
}
