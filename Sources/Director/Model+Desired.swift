import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

extension Model {
  /// What the kernel should hold for one service; nil while it is not programmed.
  func desiredService(_ label: String, on interfaces: InterfaceSnapshot) -> DesiredService? {
    guard !saved.withdrawn, let state = states[label], state.service.enabled else { return nil }
    return DesiredService(state, mark: mark(of: state.service), isLocal: interfaces.holds)
  }

  /// What the kernel should hold, compared with what it holds only to let old connections end by themselves.
  func desired(given observed: ObservedState) -> DesiredState {
    var desired = DesiredState()
    guard !saved.withdrawn else {
      desired.sysctls = originalSysctls(given: observed)
      desired.timeouts = saved.originalTimeouts
      return desired
    }
    let interfaces = observed.interfaces
    desired.services.reserveCapacity(states.count)
    for label in states.keys {
      desired.services[label] = desiredService(label, on: interfaces)
    }
    desired.relays = Array(relayEntries.values)
    desired.lingering = lingering(in: observed, beside: desired.services)
    for state in states.values where isAddressUp(state, on: interfaces) {
      guard let place = placement(of: state.service, on: interfaces) else { continue }
      desired.addresses.insert(place)
    }
    for floating in configuration.floatingIPs {
      guard let place = addressPlacement(of: floating, on: interfaces) else { continue }
      // An interface has an IPv6 address once, whatever the prefix (ipv6_add_addr).
      if place.address.family == .inet6 {
        desired.addresses.remove(InterfaceAddress(virtual: place.address, interface: place.interface))
      }
      desired.addresses.insert(place)
    }
    desired.masquerades = Set(configuration.outboundMasquerades).withoutCovered
    // What is not needed any more becomes what it was before.
    desired.sysctls = wantedSysctls(given: observed).merging(originalSysctls(given: observed)) { wanted, _ in wanted }
    desired.timeouts = configuration.global.timeouts?.completed(by: saved.originalTimeouts) ?? saved.originalTimeouts
    return desired
  }

  /// The sysctls as they were before lbd changed them; those of an interface that is gone are gone too.
  private func originalSysctls(given observed: ObservedState) -> [String: DesiredSysctl] {
    saved.originalSysctls.filter { observed.sysctls[$0.key] != nil }.mapValues { DesiredSysctl($0) }
  }

  /// Where a service's address goes, or stays when the subnet or the default route that chose its interface is gone:
  /// clients may still come by another way.
  func placement(of service: VirtualService, on interfaces: InterfaceSnapshot) -> InterfaceAddress? {
    if let place = addressPlacement(of: service, on: interfaces) { return place }
    guard service.interface == .automatic, let address = service.address else { return nil }
    return interfaces.addresses.map(\.place).first {
      $0.address == address && $0.isVirtual && saved.owned.addresses.contains($0)
    }
  }

  /// The addresses that no interface here can take, in an operator's words.
  func unplacedAddresses(on interfaces: InterfaceSnapshot) -> [IPAddress: String] {
    guard !saved.withdrawn else { return [:] }
    var unplaced: [IPAddress: String] = [:]
    func note(_ address: UnplacedAddress?, _ choice: String) {
      guard let address else { return }
      let remedy = address.interface == nil ? choice : "'ip link' lists those that are there"
      unplaced[address.address] = "\(address.reason); \(remedy)"
    }
    for floating in configuration.floatingIPs {
      note(unplacedAddress(of: floating, on: interfaces), "name one with interface=\"…\"")
    }
    for state in states.values {
      note(
        unplacedAddress(of: state, on: interfaces),
        "name one with interface=\"…\", or interface=\"none\" to manage it yourself")
    }
    return unplaced
  }

  func unplacedAddress(of floating: FloatingIP, on interfaces: InterfaceSnapshot) -> UnplacedAddress? {
    guard addressPlacement(of: floating, on: interfaces) == nil else { return nil }
    return UnplacedAddress(floating.address, interface: floating.interface)
  }

  /// nil too for an address that lbd does not manage, or does not want up now.
  func unplacedAddress(of state: ServiceState, on interfaces: InterfaceSnapshot) -> UnplacedAddress? {
    let service = state.service
    guard isAddressUp(state, on: interfaces), service.interface != .none, let address = service.address,
      placement(of: service, on: interfaces) == nil
    else { return nil }
    let name: String? = if case .named(let name) = service.interface { name } else { nil }
    return UnplacedAddress(address, interface: name)
  }

  func wantedSysctls(given observed: ObservedState) -> [String: DesiredSysctl] {
    var needs = SysctlNeeds(
      configuration: configuration, interfaces: observed.interfaces, routes: observed.routes
    ).all
    for relay in relays where relay.family == .inet {
      guard let interface = CheckOrigin(of: relay, given: observed)?.interface else { continue }
      // What a server answers to a check comes from the virtual address, which is local here.
      needs["net/ipv4/conf/\(interface)/accept_local"] = DesiredSysctl("1")
    }
    return needs
  }

  /// Whether entries of services that are gone, or have another key now, may still be in the table.
  var hasAbandonedEntries: Bool {
    !saved.owned.services.isSubset(of: programmedKeys)
  }

  /// The entries that the configuration and checks through virtual addresses need.
  var programmedKeys: Set<IPVSService.Key> {
    relayKeys.union(states.values.lazy.filter(\.service.enabled).map { key(of: $0.service) })
  }

  func mark(of service: VirtualService) -> UInt32? {
    service.needsMark ? saved.marks.marks[service.label] : nil
  }

  /// While it is not known whether anybody can serve, an address stays as it is.
  func isAddressUp(_ state: ServiceState, on interfaces: InterfaceSnapshot) -> Bool {
    guard state.service.enabled else { return false }
    guard state.service.withdrawWhenDown, !state.isServed else { return true }
    return state.isAwaited && state.service.address.map(interfaces.holds) ?? false
  }

  /// The entries that a service had under another key, with the connections that still use them.
  ///
  /// A service that gets a second port changes from an ordinary entry to one on a mark, or back. The old entry stays
  /// beside the new one with weight 0: no new client finds it, established connections go on. Where clients came until
  /// now it stays for one look more: one may have come since they were counted.
  private func lingering(
    in observed: ObservedState, beside services: [String: DesiredService]
  ) -> [IPVSService.Key: IPVSTableEntry] {
    var lingering: [IPVSService.Key: IPVSTableEntry] = [:]
    for key in saved.owned.services.subtracting(programmedKeys) {
      guard var entry = observed.services[key], let successor = successor(of: key, among: services) else { continue }
      let serving = Set(successor.entry.destinations.keys.map(\.address))
      entry.destinations = entry.destinations.filter { name, destination in
        serving.contains(name.address)
          && (destination.weight > 0 || observed.counters.hasConnections(of: name, in: key))
      }.mapValues { destination in
        var drained = destination
        drained.weight = 0
        return drained
      }
      if !entry.destinations.isEmpty { lingering[key] = entry }
    }
    return lingering
  }

  /// The service that now takes the packets of an entry's clients.
  private func successor(
    of key: IPVSService.Key, among services: [String: DesiredService]
  ) -> DesiredService? {
    switch key {
    case .firewallMark(let mark, _):
      return saved.marks.label(of: mark).flatMap { services[$0] }
    case .address(let address, let port, let transport):
      return services.values.first { service in
        service.marks.keys.contains {
          $0.address == address && $0.protocolNumber == transport && $0.ports.contains(port)
        }
      }
    }
  }
}

extension Set<OutboundMasquerade> {
  /// Those without which less would be masqueraded: the kernel's set takes no overlaps.
  fileprivate var withoutCovered: Set {
    filter { one in
      !contains { $0 != one && $0.interface == one.interface && $0.source.contains(one.source) }
    }
  }
}
