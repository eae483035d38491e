public import LoadBalancing

/// Where the parts of a configuration stand in its files.
public struct ConfigurationLocations: Hashable, Sendable {
  /// By label.
  public internal(set) var virtualServices: [String: SourceLocation] = [:]
  /// Of the attribute `address`, by the service's label.
  public internal(set) var serviceAddresses: [String: SourceLocation] = [:]
  public internal(set) var realServers: [ServerName: SourceLocation] = [:]
  /// Of the attribute `address`.
  public internal(set) var floatingIPs: [IPAddress: SourceLocation] = [:]

  public init() {}

  mutating func add(_ decoded: DecodedService) {
    guard let service = decoded.service else { return }
    virtualServices[service.label] = decoded.reader.location
    serviceAddresses[service.label] = decoded.reader.location(of: VirtualServiceAttributes.address)
    for (server, reader) in zip(service.realServers, decoded.servers) {
      realServers[ServerName(service: service.label, server: server.label)] = reader.location
    }
  }
}
