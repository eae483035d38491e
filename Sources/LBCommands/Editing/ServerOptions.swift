import ArgumentParser

/// The attributes of a real server, without its label.
struct ServerOptions: AttributeOptions {
  @Option(help: .attribute("address", of: "real-server")) var address: String?
  @Option(help: .attribute("port", of: "real-server")) var port: String?
  @Option(help: .attribute("weight", of: "real-server")) var weight: String?
  @Option(help: .attribute("minimum-connections", of: "real-server")) var minimumConnections: String?
  @Option(help: .attribute("maximum-connections", of: "real-server")) var maximumConnections: String?
}
