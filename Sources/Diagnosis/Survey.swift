import Director
import Interfaces
import LoadBalancing

/// A server to which a service sends packets.
struct ServerUnderTest: Hashable {
  /// nil for the fallback.
  let label: String?
  let address: IPAddress
  let port: UInt16?
  let forwarding: Forwarding
}

extension VirtualService {
  /// The real servers, and the fallback after them.
  var servers: [ServerUnderTest] {
    let real = realServers.map {
      ServerUnderTest(label: $0.label, address: $0.address, port: $0.port, forwarding: forwarding)
    }
    let spare = fallback.map {
      [
        ServerUnderTest(
          label: nil, address: $0.address, port: $0.port, forwarding: $0.forwarding ?? forwarding)
      ]
    }
    return real + (spare ?? [])
  }

  /// More of a service are not asked for.
  private static let askedPortsMax = 16

  /// The TCP ports that are asked for: those that stand alone, of ranges the first; none where every port is the
  /// service's, or there is no TCP.
  var askedPorts: [UInt16] {
    guard let ports, !ports.isAll, transport?.numbers.contains(6) == true else { return [] }
    return Array((ports.singles.isEmpty ? ports.ranges.map(\.lowerBound) : ports.singles).prefix(Self.askedPortsMax))
  }
}

/// Collects what is seen and says what to ask next. Pure.
struct Survey {
  let expected: Expectations
  let interfaces: InterfaceSnapshot
  /// The service that is meant; nil: all.
  let label: String?
  private let virtualAddresses: Set<IPAddress>
  private(set) var ways: [IPAddress: ServerEvidence.Way] = [:]
  /// Of routes that have one of their own.
  var mtus: [IPAddress: Int] = [:]
  private var claims: [IPAddress: [HardwareAddress]] = [:]
  var answers: [SYNProbe: SYNProbe.Answer] = [:]
  private var halfOpen: HalfOpenConnections?
  private var firewall: Firewall?

  init(_ expected: Expectations, only label: String?, on interfaces: InterfaceSnapshot) {
    self.expected = expected
    self.label = label
    self.interfaces = interfaces
    virtualAddresses = Set(expected.services.compactMap(\.state.service.address))
  }

  func isMeant(_ expectation: Expectations.Service) -> Bool {
    label.map { $0 == expectation.state.service.label } ?? true
  }

  mutating func note(_ route: Route?, to address: IPAddress) {
    ways[address] =
      switch route {
      case nil: ServerEvidence.Way.none
      case let route? where route.isLocal: .local
      case let route?:
        route.gateway.map { .routed(interface: route.interface, gateway: $0) } ?? .connected(interface: route.interface)
      }
    mtus[address] = route?.mtu.map { Int($0) }
  }

  mutating func note(_ answers: [AddressProbe.Answer], on link: String) {
    for answer in answers where !claims[answer.address, default: []].contains(answer.hardware) {
      claims[answer.address, default: []].append(answer.hardware)
    }
  }

  mutating func note(_ answers: [SYNProbe: SYNProbe.Answer]) { self.answers.merge(answers) { $1 } }

  mutating func note(_ halfOpen: HalfOpenConnections) { self.halfOpen = halfOpen }

  mutating func note(_ firewall: Firewall) { self.firewall = firewall }

  // MARK: What to ask

  /// By the link's name, the virtual addresses first. Of the servers all are asked who they are: whose answers for
  /// somebody else's virtual address have a name then.
  var questions: [String: [AddressProbe.Question]] {
    var questions: [String: Distinct<AddressProbe.Question>] = [:]
    func ask(_ address: IPAddress, on link: String, asker: IPAddress?) {
      questions[link, default: .init()].append(AddressProbe.Question(address, asker: asker))
    }
    for place in expected.floatingIPs { ask(place.address, on: place.interface, asker: nil) }
    let meant = expected.services.filter(isMeant)
    for place in meant.compactMap(holding) {
      ask(place.address, on: place.interface, asker: nil)
      if let asker = source(on: place.interface, towards: place.address) {
        ask(place.address, on: place.interface, asker: asker)
      }
    }
    for expectation in meant + expected.services.filter({ !isMeant($0) }) {
      for server in expectation.state.service.servers {
        switch ways[server.address] {
        case .connected(let link)?:
          ask(server.address, on: link, asker: source(on: link, towards: server.address))
        case .routed(let link, let gateway)?: ask(gateway, on: link, asker: source(on: link, towards: gateway))
        case .local?, ServerEvidence.Way.none?, nil: break
        }
      }
    }
    return questions.mapValues(\.elements)
  }

  /// By the link's name; the same probe for several services once.
  func probes() -> [String: [SYNProbe]] {
    probes { server, expectation in
      var rounds: [[SYNProbe]] = pairs(of: server, in: expectation).map { pair in
        [pair.own] + [pair.virtual].compactMap(\.self)
      }
      if !rounds.isEmpty {
        rounds[0] += backProbes(to: server, in: expectation) + fullProbe(to: server, in: expectation)
      }
      return rounds
    }
  }

  /// To the servers of the services that are meant, each server's first round before anybody's second: what is beyond
  /// the bound tells least.
  func probes(_ wanted: (ServerUnderTest, Expectations.Service) -> [[SYNProbe]]) -> [String: [SYNProbe]] {
    var rounds: [[(link: String, probes: [SYNProbe])]] = []
    for expectation in expected.services where isMeant(expectation) {
      for server in expectation.state.service.servers where !isHalted(server, in: expectation.state) {
        guard let link = link(to: server.address) else { continue }
        for (round, batch) in wanted(server, expectation).enumerated() {
          if round == rounds.count { rounds.append([]) }
          rounds[round].append((link: link, probes: batch))
        }
      }
    }
    var probes: [String: Distinct<SYNProbe>] = [:]
    for (link, batch) in rounds.joined() {
      for probe in batch { probes[link, default: .init()].append(probe) }
    }
    return probes.mapValues(\.elements)
  }

  struct Pair {
    let port: UInt16
    let own: SYNProbe
    let virtual: SYNProbe?
  }

  func pairs(of server: ServerUnderTest, in expectation: Expectations.Service) -> [Pair] {
    let service = expectation.state.service
    guard let link = link(to: server.address), let hardware = hardware(towards: server.address),
      let source = source(on: link, towards: server.address)
    else { return [] }
    // Where packets get there as clients sent them.
    var inner: IPAddress?
    var tunnel: TunnelWrapping?
    switch (server.forwarding, ways[server.address]) {
    case (.dr, .connected?): inner = service.address.flatMap { self.source(on: link, towards: $0) }
    case (.tun, _):
      inner = service.address.flatMap { self.source(on: link, towards: $0) }
      tunnel = TunnelWrapping(service.tunnel ?? Tunnel(), from: source, to: server.address)
    default: break
    }
    return service.askedPorts.map { port in
      let ownPort = server.forwarding.translatesPorts ? server.port ?? port : port
      let own = SYNProbe(from: source, to: server.address, port: ownPort, at: hardware)
      guard let address = service.address, let inner else { return Pair(port: ownPort, own: own, virtual: nil) }
      return Pair(
        port: port, own: own,
        virtual: SYNProbe(from: inner, to: address, port: port, at: hardware, through: tunnel))
    }
  }

  /// Addresses of clients elsewhere, from which a server of NAT is asked: our own beyond the server's subnet, and one
  /// that is kept for documentation (RFC 5737, RFC 3849), which leads to its default gateway.
  private func backSources(of server: ServerUnderTest) -> [IPAddress] {
    guard let subnet = interfaces.subnet(holding: server.address) else { return [] }
    let own = interfaces.addresses.map(\.place).filter { place in
      !place.isVirtual && place.address.family == server.address.family && place.interface != subnet.interface
        && !place.address.isLinkLocal && !place.address.isLoopback
    }.map(\.address)
    let documentation =
      server.address.family == .inet
      ? IPAddress(family: .inet, value: 0xC000_02FD) : IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 0xFD)
    return own.sorted().prefix(2) + [documentation]
  }

  private func backProbes(to server: ServerUnderTest, in expectation: Expectations.Service) -> [SYNProbe] {
    guard server.forwarding == .nat, case .connected? = ways[server.address] else { return [] }
    return pairs(of: server, in: expectation).prefix(1).flatMap { pair in
      backSources(of: server).map {
        SYNProbe(from: $0, to: server.address, port: pair.port, at: pair.own.hardware)
      }
    }
  }

  // MARK: What was seen

  func evidence(machine: MachineEvidence) -> Evidence {
    var machine = machine
    machine.unplacedFloatingIPs = expected.unplacedFloatingIPs.filter(isMissing)
    // The kernel's own tunnel devices (gretap0) are always down and have an address of zeros.
    machine.interfacesSetDown = interfaces.links.filter { link in
      !link.isUp && !link.isLoopback && link.isEthernet && link.hardwareAddress != HardwareAddress.zero
    }.map(\.name)
    return Evidence(
      services: expected.services.map { expectation in
        let service = expectation.state.service
        var seen = ServiceEvidence(
          service: service, isInKernel: expectation.isInKernel, refusals: expected.refusals,
          place: expectation.place.map { AddressEvidence($0, on: interfaces) },
          claims: holding(expectation).flatMap { claims[$0.address] } ?? [],
          servers: service.servers.map { evidence(of: $0, in: expectation) })
        seen.unplaced = expectation.unplaced.flatMap { isMissing($0) ? $0 : nil }
        let entrance = expectation.place?.interface ?? service.address.flatMap(interfaces.interface(holding:))
        if isMeant(expectation) { seen.blocked = firewall?.blocked(clientsOf: service, on: entrance) ?? [] }
        return seen
      }, machine: machine)
  }

  private func evidence(of server: ServerUnderTest, in expectation: Expectations.Service) -> ServerEvidence {
    let pairs = pairs(of: server, in: expectation)
    let owner = ConnectionLabels.Owner(
      service: expectation.state.service.label, server: server.label, isFallback: server.label == nil)
    var seen = ServerEvidence(
      label: server.label, address: server.address, forwarding: server.forwarding,
      isHalted: isHalted(server, in: expectation.state), way: ways[server.address] ?? ServerEvidence.Way.none,
      hardware: claims[server.address] ?? [],
      ports: pairs.compactMap { pair in
        answers[pair.own].map { .init(pair.port, virtual: pair.virtual.flatMap { answers[$0] }, own: $0) }
      },
      wayBack: wayBack(of: server, pairs, in: expectation),
      near: halfOpen?.of(owner, near: true) ?? .init(), far: halfOpen?.of(owner, near: false) ?? .init())
    seen.pathMTU = pathMTU(of: server, in: expectation)
    if isMeant(expectation), let link = link(to: server.address) {
      seen.blocked = firewall?.blocked(server, of: expectation.state.service, on: link) ?? []
    }
    return seen
  }

  /// Who else answers for a floating IP.
  func claims(of place: InterfaceAddress) -> [HardwareAddress] { claims[place.address] ?? [] }

  /// nil where the server does not answer us either.
  private func wayBack(
    of server: ServerUnderTest, _ pairs: [Pair], in expectation: Expectations.Service
  ) -> ServerEvidence.WayBack? {
    let probes = backProbes(to: server, in: expectation)
    guard let own = pairs.first?.own, let answer = answers[own], answer != .silence, !probes.isEmpty else { return nil }
    return ServerEvidence.WayBack(
      sources: probes.map(\.source),
      returns: probes.contains { answers[$0].map { $0 != .silence } ?? true },
      gateway: gateway(for: server.address) ?? own.source)
  }

  /// The floating IP in the server's subnet, else the own address there.
  private func gateway(for server: IPAddress) -> IPAddress? {
    let subnet = interfaces.subnet(holding: server)
    return expected.floatingIPs.first { subnet?.subnet.contains($0.address) == true }?.address ?? subnet?.address
  }

  // MARK: Places

  /// Where lbd puts the address, or somebody else has put it.
  private func holding(_ expectation: Expectations.Service) -> InterfaceAddress? {
    if let place = expectation.place { return place }
    guard let address = expectation.state.service.address else { return nil }
    return interfaces.addresses.map(\.place).first {
      $0.address == address && interfaces.link(named: $0.interface)?.isLoopback == false
    }
  }

  /// Somebody else may have put it somewhere.
  private func isMissing(_ unplaced: UnplacedAddress) -> Bool { !interfaces.holds(unplaced.address) }

  func isHalted(_ server: ServerUnderTest, in state: ServiceState) -> Bool {
    server.label != nil && state.servers.first { $0.server.label == server.label }?.operatorState == .halt
  }

  func link(to address: IPAddress) -> String? {
    switch ways[address] {
    case .connected(let link)?, .routed(let link, _)?: link
    case .local?, ServerEvidence.Way.none?, nil: nil
    }
  }

  func hardware(towards address: IPAddress) -> HardwareAddress? {
    if case .routed(_, let gateway)? = ways[address] { return claims[gateway]?.first }
    return claims[address]?.first
  }

  /// An address of ours on a link, other than the one asked for: the one in its subnet, else any that means something
  /// elsewhere. Virtual addresses come last: servers that have them too take nothing from them.
  private func source(on link: String, towards address: IPAddress) -> IPAddress? {
    let own = interfaces.addresses.map(\.place).filter {
      $0.interface == link && !$0.isVirtual && $0.address.family == address.family && $0.address != address
    }
    let ranked =
      own.filter { !virtualAddresses.contains($0.address) } + own.filter { virtualAddresses.contains($0.address) }
    return ranked.first { $0.subnet.contains(address) }?.address ?? ranked.first { !$0.address.isLinkLocal }?.address
  }
}

/// Values in the order in which they came, each once.
private struct Distinct<Element: Hashable> {
  private(set) var elements: [Element] = []
  private var known: Set<Element> = []

  mutating func append(_ element: Element) {
    if known.insert(element).inserted { elements.append(element) }
  }
}
