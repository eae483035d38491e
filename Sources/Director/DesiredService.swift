public import IPVS
public import LoadBalancing
public import PacketMarks

/// What the kernel should hold for one virtual service, addresses and sysctls aside.
public struct DesiredService: Hashable, Sendable {
  public var entry: IPVSTableEntry
  public var marks: [PacketMarkSelector: UInt32]
  public var sourceTranslations: [SourceTranslation.Key: SourceTranslation]

  public init(
    entry: IPVSTableEntry, marks: [PacketMarkSelector: UInt32],
    sourceTranslations: [SourceTranslation.Key: SourceTranslation]
  ) {
    self.entry = entry
    self.marks = marks
    self.sourceTranslations = sourceTranslations
  }
}

extension DesiredService {
  /// Derives the kernel's objects from a service's state.
  ///
  /// - Parameters:
  ///   - mark: the service's own mark; nil when it needs none.
  ///   - isLocal: whether an address is one of this machine's, so that a fallback there is delivered locally.
  public init(_ state: ServiceState, mark: UInt32?, isLocal: @escaping @Sendable (IPAddress) -> Bool) {
    let service = state.service
    let table = ServiceTable(service: service, mark: mark, isLocal: isLocal)
    var destinations = [IPVSDestination.Key: IPVSDestination](minimumCapacity: state.servers.count)
    for server in state.servers {
      guard let weight = server.effectiveWeight(onFailure: service.onFailure) else { continue }
      let destination = table.destination(for: server.server, weight: weight)
      destinations[destination.key] = destination
    }
    if state.fallbackServes, let fallback = service.fallback {
      let destination = table.destination(for: fallback)
      destinations[destination.key] = destination
    }
    self.init(
      entry: IPVSTableEntry(service: table.service, destinations: destinations),
      marks: table.marks,
      sourceTranslations: table.sourceTranslations(fallbackServes: state.fallbackServes))
  }
}

/// Translates the words of a virtual service into those of the kernel's table.
struct ServiceTable {
  private let virtualService: VirtualService
  private let mark: UInt32?
  private let isLocal: @Sendable (IPAddress) -> Bool
  let key: IPVSService.Key

  init(service: VirtualService, mark: UInt32?, isLocal: @escaping @Sendable (IPAddress) -> Bool) {
    virtualService = service
    self.mark = mark
    self.isLocal = isLocal
    key = IPVSService.Key(service, mark: mark)
  }

  var service: IPVSService {
    var flags: IPVSService.Flags = []
    if virtualService.persistence != nil { flags.insert(.persistent) }
    if virtualService.onePacket { flags.insert(.onePacket) }
    if virtualService.schedulerFlags.contains(.fallback) { flags.insert(.schedulerFlag1) }
    if virtualService.schedulerFlags.contains(.port) { flags.insert(.schedulerFlag2) }
    return IPVSService(
      key: key,
      scheduler: virtualService.scheduler.rawValue,
      flags: flags,
      persistenceTimeout: UInt32(clamping: virtualService.persistence?.timeout.components.seconds ?? 0),
      granularity: virtualService.persistence?.granularity ?? virtualService.family.addressBits)
  }

  func destination(for server: RealServer, weight: Int) -> IPVSDestination {
    IPVSDestination(
      key: .init(address: server.address, port: port(server.port, with: virtualService.forwarding)),
      method: method(virtualService.forwarding),
      weight: Int32(clamping: weight),
      upperThreshold: server.maximumConnections,
      // Without an upper one it means nothing, and the kernel refuses it (ip_vs_add_dest).
      lowerThreshold: server.maximumConnections == 0 ? 0 : server.minimumConnections,
      tunnel: tunnel(with: virtualService.forwarding))
  }

  func destination(for fallback: FallbackServer) -> IPVSDestination {
    let forwarding = fallback.forwarding ?? virtualService.forwarding
    let key = IPVSDestination.Key(address: fallback.address, port: port(fallback.port, with: forwarding))
    let deliversHere = isLocal(fallback.address) && fallback.port == nil
    return IPVSDestination(
      key: key, method: deliversHere ? .local : method(forwarding), weight: 1, upperThreshold: 0, lowerThreshold: 0,
      tunnel: deliversHere ? nil : tunnel(with: forwarding))
  }

  var marks: [PacketMarkSelector: UInt32] {
    guard let mark, case .address(let address, let ports, let transport) = virtualService.entry else { return [:] }
    var marks: [PacketMarkSelector: UInt32] = [:]
    for number in transport.numbers {
      for range in ports.ranges {
        marks[PacketMarkSelector(address: address, protocolNumber: number, ports: range)] = mark
      }
    }
    return marks
  }

  /// Source translation follows whoever serves; established connections keep theirs.
  func sourceTranslations(fallbackServes: Bool) -> [SourceTranslation.Key: SourceTranslation] {
    let forwarding = fallbackServes ? virtualService.fallback?.forwarding : nil
    guard case .firewallMark(let mark, let family) = key, (forwarding ?? virtualService.forwarding) == .snat else {
      return [:]
    }
    let key = SourceTranslation.Key(mark: mark, family: family)
    return [key: virtualService.snatAddress.map(SourceTranslation.address) ?? .masquerade]
  }

  /// Port 0 on a mark's destination keeps the client's port; an ordinary service has just the one.
  private func port(_ own: UInt16?, with forwarding: Forwarding) -> UInt16 {
    let servicePort: UInt16
    if case .address(_, let port, _) = key { servicePort = port } else { servicePort = 0 }
    guard forwarding.translatesPorts, let own, own != 0 else { return servicePort }
    return own
  }

  private func method(_ forwarding: Forwarding) -> IPVSDestination.Method {
    switch forwarding {
    case .dr: .direct
    case .nat, .snat: .masquerade
    case .tun: .tunnel
    }
  }

  private func tunnel(with forwarding: Forwarding) -> IPVSTunnel? {
    guard forwarding == .tun else { return nil }
    return IPVSTunnel(virtualService.tunnel ?? Tunnel())
  }
}

extension IPVSService.Key {
  /// The key under which the kernel knows a virtual service.
  init(_ service: VirtualService, mark: UInt32?) {
    switch service.entry {
    case .firewallMark(let mark, let family):
      self = .firewallMark(mark, family)
    case .address(let address, let ports, let transport):
      if let mark {
        self = .firewallMark(mark, address.family)
      } else {
        self = .address(address, port: ports.only ?? 0, protocol: transport.numbers[0])
      }
    }
  }
}
