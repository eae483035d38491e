import Director
import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

/// What the kernel must hold, said a second time and in other words than lbd's own, from what the world knows.
struct Contract {
  let configuration: LoadBalancer
  let words: [ServerName: OperatorState]
  let health: [CheckTarget: Health]
  /// What servers' agents have said; nothing of those that are missing.
  let agents: [CheckTarget: AgentReport]
  let isWithdrawn: Bool
  /// The marks that lbd has given to its services.
  let marks: [String: UInt32]
  /// And to the checks through virtual addresses, by their relays.
  let checkMarks: [String: UInt32]
  let interfaces: InterfaceSnapshot

  var services: [VirtualService] { isWithdrawn ? [] : configuration.virtualServices.filter(\.enabled) }

  func word(_ server: RealServer, _ service: VirtualService) -> OperatorState {
    words[ServerName(service: service.label, server: server.label)] ?? .online
  }

  /// Whether a server passes all its checks; nil while that is not known.
  func passes(_ server: RealServer, _ service: VirtualService) -> Bool? {
    var isKnown = true
    for target in service.checks(of: server, defaults: configuration.global.healthCheck) {
      switch target.probe {
      case .on: continue
      case .off: return false
      case .agent where health[target] == nil: continue
      default: break
      }
      switch health[target] ?? .unknown {
      case .down: return false
      case .unknown: isKnown = false
      case .up, .unchecked: continue
      }
    }
    return isKnown ? true : nil
  }

  private func reports(on server: RealServer, _ service: VirtualService) -> [AgentReport] {
    service.checks(of: server, defaults: configuration.global.healthCheck).compactMap { agents[$0] }
  }

  /// Whether operator, configuration and agent all want clients to come to a server.
  private func isWanted(_ server: RealServer, _ service: VirtualService) -> Bool {
    server.weight > 0 && word(server, service) == .online
      && reports(on: server, service).allSatisfy { $0.admission == .ready && $0.share > 0 }
  }

  /// Nobody who is wanted can serve, and nobody who is wanted may still turn out to.
  func needsFallback(_ service: VirtualService) -> Bool {
    service.fallback != nil
      && service.realServers.allSatisfy { !isWanted($0, service) || passes($0, service) == false }
  }

  /// The weight that a server must have; nil: it must not be in the table.
  func weight(of server: RealServer, in service: VirtualService) -> Int? {
    let reports = reports(on: server, service)
    guard !reports.contains(where: { $0.admission == .maintenance }) else { return nil }
    return switch (word(server, service), passes(server, service)) {
    case (.halt, _), (_, nil): nil
    case (_, false): service.onFailure == .quiesce ? 0 : nil
    case (.drain, true): 0
    case (.online, true) where !isWanted(server, service): 0
    case (.online, true): server.weight * (reports.map(\.share).min() ?? 100) / 100
    }
  }

  func entry(of service: VirtualService) -> IPVSTableEntry {
    let key = key(of: service)
    var wanted = IPVSTableEntry(
      service: IPVSService(
        key: key, scheduler: service.scheduler.rawValue, flags: service.persistence == nil ? [] : .persistent,
        persistenceTimeout: service.persistence == nil ? 0 : 300))
    for server in service.realServers {
      guard let weight = weight(of: server, in: service) else { continue }
      let destination = IPVSDestination(
        key: .init(address: server.address, port: server.port ?? port(of: key)), method: method(service.forwarding),
        weight: Int32(weight), upperThreshold: server.maximumConnections)
      wanted.destinations[destination.key] = destination
    }
    if needsFallback(service), let fallback = service.fallback {
      let isHere = interfaces.addresses.contains { $0.place.address == fallback.address }
      let destination = IPVSDestination(
        key: .init(address: fallback.address, port: port(of: key)),
        method: isHere ? .local : method(fallback.forwarding ?? service.forwarding))
      wanted.destinations[destination.key] = destination
    }
    return wanted
  }

  /// All entries that must be in IPVS's table, those of checks through virtual addresses too.
  var entries: [IPVSService.Key: IPVSTableEntry] {
    var entries = Dictionary(services.map { (key(of: $0), entry(of: $0)) }) { first, _ in first }
    for (relay, key) in relays {
      let server = IPVSDestination(
        key: .init(address: relay.server, port: 0), method: relay.tunnel == nil ? .direct : .tunnel)
      entries[key] = IPVSTableEntry(
        service: IPVSService(
          key: key, scheduler: "wlc", flags: [.onePacket], granularity: relay.family == .inet ? 32 : 128),
        destinations: [server.key: server])
    }
    return entries
  }

  /// What leads a check through a virtual address to its server, and to nobody else.
  var relays: [CheckRelay: IPVSService.Key] {
    var relays: [CheckRelay: IPVSService.Key] = [:]
    for service in services {
      for server in service.realServers {
        for target in service.checks(of: server, defaults: configuration.global.healthCheck) {
          guard let relay = target.relay else { continue }
          relays[relay] = .firewallMark(checkMarks[relay.description] ?? 0, relay.family)
        }
      }
    }
    return relays
  }

  /// The table `inet lbd`.
  var packetMarks: PacketMarkState {
    var state = PacketMarkState()
    guard !isWithdrawn else { return state }
    state.masquerades = Set(configuration.outboundMasquerades)
    for service in services {
      let serving = needsFallback(service) ? service.fallback?.forwarding ?? service.forwarding : service.forwarding
      if serving == .snat, case .firewallMark(let mark, let family) = key(of: service) {
        state.sourceTranslations[.init(mark: mark, family: family)] = .masquerade
      }
      guard let mark = ownMark(service), case .address(let address, let ports, let transport) = service.entry
      else { continue }
      for number in transport.numbers {
        for range in ports.ranges {
          state.marks[PacketMarkSelector(address: address, protocolNumber: number, ports: range)] = mark
        }
      }
    }
    return state
  }

  /// Where lbd must have put addresses.
  var addresses: Set<InterfaceAddress> {
    guard !isWithdrawn else { return [] }
    var wanted: Set<InterfaceAddress> = []
    for service in services {
      guard let address = service.address, isAddressUp(service) else { continue }
      let name: String? =
        switch service.interface {
        case .none: nil
        case .named(let name): name
        // Where the subnet is gone, an address stays that is up.
        case .automatic:
          lan(address.family)
            ?? interfaces.addresses.first { $0.place.address == address && $0.isOurs }?.place.interface
        }
      guard let name, interfaces.links.contains(where: { $0.name == name }) else { continue }
      wanted.insert(InterfaceAddress(virtual: address, interface: name))
    }
    for floating in configuration.floatingIPs {
      guard let name = lan(floating.address.family) else { continue }
      wanted.insert(InterfaceAddress(address: floating.address, prefixLength: 24, interface: name))
    }
    return wanted
  }

  /// A promise for services that give their address away while nothing serves; as long as that is not known, it stays.
  private func isAddressUp(_ service: VirtualService) -> Bool {
    guard service.withdrawWhenDown, !needsFallback(service) else { return true }
    let counted = service.realServers.filter { isWanted($0, service) }.map { passes($0, service) }
    if counted.contains(true) { return true }
    return counted.contains(nil) && interfaces.addresses.contains { $0.place.address == service.address }
  }

  /// The interface that has an address of its own in the servers' subnet.
  private func lan(_ family: AddressFamily) -> String? {
    let own = family == .inet ? SimulatedKernel.lan.address : SimulatedKernel.lan6.address
    return interfaces.addresses.first { $0.place.address == own }?.place.interface
  }

  func ownMark(_ service: VirtualService) -> UInt32? {
    guard case .address(_, let ports, let transport) = service.entry else { return nil }
    let translatesSource = service.forwarding == .snat || service.fallback?.forwarding == .snat
    let isPlain = ports.count == 1 && transport != .tcpAndUDP && !translatesSource
    return isPlain ? nil : marks[service.label] ?? 0
  }

  func key(of service: VirtualService) -> IPVSService.Key {
    switch service.entry {
    case .firewallMark(let mark, let family): return .firewallMark(mark, family)
    case .address(let address, let ports, let transport):
      if let mark = ownMark(service) { return .firewallMark(mark, address.family) }
      return .address(address, port: ports.ranges[0].lowerBound, protocol: transport == .udp ? 17 : 6)
    }
  }

  private func port(of key: IPVSService.Key) -> UInt16 {
    if case .address(_, let port, _) = key { port } else { 0 }
  }

  private func method(_ forwarding: Forwarding) -> IPVSDestination.Method {
    switch forwarding {
    case .dr: .direct
    case .tun: .tunnel
    case .nat, .snat: .masquerade
    }
  }
}
