import LoadBalancing

/// A service as read, with the places that later messages name.
struct DecodedService {
  let reader: ElementReader
  /// nil when it is missing or wrong.
  let label: String?
  /// nil when no service can be made of the element; its problems are reported then.
  let service: VirtualService?
  /// Where the real servers stand, in the order of the service's.
  let servers: [ElementReader]
}

/// Reads the element `virtual-service` and everything in it.
struct VirtualServiceDecoder {
  let reader: ElementReader
  let global: GlobalSettings
  let traits: ServiceTraits
  private let readForwarding: Reading<Forwarding>

  init(_ reader: ElementReader, global: GlobalSettings) {
    self.reader = reader
    self.global = global
    readForwarding = reader.read(VirtualServiceAttributes.forwarding)
    let entry = EntryDecoder(reader: reader).decode()
    traits = ServiceTraits(reader: reader, entry: entry, forwarding: readForwarding.or(.dr))
  }

  func decode() -> DecodedService {
    reader.checkStructure(.virtualService)
    let label = reader.read(VirtualServiceAttributes.label).value
    let persistence = reader.child(.persistence).map(decodePersistence)
    let checks = reader.children(.healthCheck).compactMap { check in
      HealthCheckDecoder(reader: check, service: traits).decode(defaults: global.healthCheck)
    }
    let fallback = reader.child(.fallback).flatMap { FallbackDecoder(reader: $0, service: traits).decode() }
    let servers = decodeServers()
    var service = VirtualService(
      label: label ?? "", entry: traits.entry ?? .firewallMark(0, family: .inet), forwarding: traits.forwarding ?? .dr,
      persistence: persistence, healthChecks: checks, fallback: fallback, realServers: servers.map(\.server))
    decodeOptions(into: &service)
    ServiceConflicts(reader: reader, traits: traits, service: service, global: global).report()
    ServerConflicts(reader: reader, service: service, servers: servers.map(\.reader)).report()
    return DecodedService(
      reader: reader, label: label, service: traits.entry == nil ? nil : service, servers: servers.map(\.reader))
  }

  private func decodeServers() -> [(server: RealServer, reader: ElementReader)] {
    reader.children(.realServer).compactMap { server in
      RealServerDecoder(reader: server, service: traits).decode(defaults: global.healthCheck).map { ($0, server) }
    }
  }

  private func decodeOptions(into service: inout VirtualService) {
    let kind = reader.read(VirtualServiceAttributes.tunnelType).value
    let port = reader.read(VirtualServiceAttributes.tunnelPort).value
    let checksum = reader.read(VirtualServiceAttributes.tunnelChecksum).value
    if traits.forwarding == .tun {
      service.tunnel = Tunnel(kind: kind ?? .ipip, port: port, checksum: checksum ?? false)
    }
    service.snatAddress = reader.read(VirtualServiceAttributes.snatAddress).value
    service.scheduler = reader.read(VirtualServiceAttributes.scheduler).value ?? service.scheduler
    service.schedulerFlags = reader.read(VirtualServiceAttributes.schedulerFlags).value ?? service.schedulerFlags
    service.onePacket = reader.read(VirtualServiceAttributes.onePacket).value ?? service.onePacket
    service.interface = reader.read(VirtualServiceAttributes.interface).value ?? service.interface
    service.onFailure = reader.read(VirtualServiceAttributes.onFailure).value ?? service.onFailure
    service.withdrawWhenDown = reader.read(VirtualServiceAttributes.withdrawWhenDown).value ?? service.withdrawWhenDown
    service.enabled = reader.read(VirtualServiceAttributes.enabled).value ?? service.enabled
    service.suspect = reader.read(VirtualServiceAttributes.suspect).value ?? service.suspect
  }

  private func decodePersistence(_ reader: ElementReader) -> Persistence {
    reader.checkStructure(.persistence)
    let bits = traits.family?.addressBits ?? 128
    let granularity = reader.read(PersistenceAttributes.granularity).value
    if let granularity, granularity > bits {
      reader.report(
        PersistenceAttributes.granularity, "is longer than an IPv4 address; allowed: 1 to \(bits)")
    }
    let timeout = reader.read(PersistenceAttributes.timeout).value ?? 300
    return Persistence(timeout: .seconds(Int64(timeout)), granularity: granularity ?? bits)
  }
}
