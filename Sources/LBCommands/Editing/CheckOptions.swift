import ArgumentParser

/// The attributes of a health check.
struct CheckOptions: AttributeOptions {
  @Option(help: .attribute("type", of: "health-check")) var type: String?
  @Option(help: .attribute("interval", of: "health-check")) var interval: String?
  @Option(help: .attribute("timeout", of: "health-check")) var timeout: String?
  @Option(help: .attribute("failures", of: "health-check")) var failures: String?
  @Option(help: .attribute("successes", of: "health-check")) var successes: String?
  @Option(help: .attribute("fast-interval", of: "health-check")) var fastInterval: String?
  @Option(help: .attribute("via", of: "health-check")) var via: String?
  @Option(help: .attribute("port", of: "health-check")) var port: String?
  @Option(help: .attribute("method", of: "health-check")) var method: String?
  @Option(help: .attribute("path", of: "health-check")) var path: String?
  @Option(help: .attribute("host", of: "health-check")) var host: String?
  @Option(help: .attribute("status", of: "health-check")) var status: String?
  @Option(help: .attribute("expect", of: "health-check")) var expect: String?
  @Option(help: .attribute("expect-regex", of: "health-check")) var expectRegex: String?
  @Option(help: .attribute("user", of: "health-check")) var user: String?
  @Option(help: .attribute("password", of: "health-check")) var password: String?
  @Option(help: .attribute("server-name", of: "health-check")) var serverName: String?
  @Option(help: .attribute("verify", of: "health-check")) var verify: String?
  @Option(help: .attribute("ca-file", of: "health-check")) var caFile: String?
  @Option(help: .attribute("send", of: "health-check")) var send: String?
  @Option(help: .attribute("called-ae-title", of: "health-check")) var calledAeTitle: String?
  @Option(help: .attribute("calling-ae-title", of: "health-check")) var callingAeTitle: String?
  @Option(help: .attribute("name", of: "health-check")) var name: String?
  @Option(help: .attribute("record", of: "health-check")) var record: String?
  @Option(help: .attribute("transport", of: "health-check")) var transport: String?
  @Option(help: .attribute("tls", of: "health-check")) var tls: String?
  @Option(help: .attribute("database", of: "health-check")) var database: String?
  @Option(help: .attribute("query", of: "health-check")) var query: String?
  @Option(help: .attribute("base", of: "health-check")) var base: String?
  @Option(help: .attribute("secret", of: "health-check")) var secret: String?
  @Option(help: .attribute("command", of: "health-check")) var command: String?
}
