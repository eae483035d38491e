import Director
import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

/// The kernel as far as lbd is concerned: refuses what the real one refuses, forgets nothing.
struct SimulatedKernel {
  static let lan = InterfaceAddress(address: World.address("10.0.0.1"), prefixLength: 24, interface: "eth0")
  static let lan6 = InterfaceAddress(address: World.address("2001:db8::1"), prefixLength: 64, interface: "eth0")
  static let outside = InterfaceAddress(address: World.address("192.0.2.1"), prefixLength: 24, interface: "eth1")

  var services: [IPVSService.Key: IPVSTableEntry] = [:]
  /// Who has established connections.
  var connections: [IPVSService.Key: Set<IPVSDestination.Key>] = [:]
  var marks: PacketMarkState?
  var interfaces = InterfaceSnapshot(
    links: [NetworkLink(index: 2, name: "eth0"), NetworkLink(index: 3, name: "eth1")],
    addresses: [ObservedAddress(lan), ObservedAddress(lan6), ObservedAddress(outside)])
  var sysctls: [String: String] = [
    "net/ipv4/vs/expire_nodest_conn": "0", "net/ipv4/vs/expire_quiescent_template": "0", "net/ipv4/vs/conntrack": "0",
    "net/ipv4/conf/all/send_redirects": "1", "net/ipv6/conf/all/forwarding": "0", "net/ipv6/conf/all/accept_ra": "1",
    "net/ipv6/conf/default/accept_ra": "1",
  ]
  var timeouts = KernelTimeouts(tcp: 900, tcpFin: 120, udp: 300)
  private var nextIndex: UInt32 = 4

  init() {
    for link in interfaces.links { addSysctls(of: link.name) }
  }

  func observe(_ names: Set<String>, counting: Bool = true) -> ObservedState {
    var counters: IPVSCounterTable = [:]
    for (key, destinations) in connections where counting {
      var busy = IPVSServiceCounters()
      for destination in destinations {
        busy.destinations[destination] = IPVSCounters(connections: IPVSConnections(active: 1))
      }
      counters[key] = busy
    }
    return ObservedState(
      services: services, counters: counters, packetMarks: marks, interfaces: interfaces,
      sysctls: sysctls.filter { names.contains($0.key) }, timeouts: timeouts,
      routingMarks: [RoutingMark(value: 0x4C42_0002, mask: .max)])
  }

  /// - Returns: why the change is refused; nil when it is made.
  mutating func apply(_ change: KernelChange) -> String? {
    switch change {
    case .sysctl(let name, let value):
      guard sysctls[name] != nil else { return "no such sysctl" }
      sysctls[name] = value
    case .timeouts(let new):
      timeouts = KernelTimeouts(
        tcp: new.tcp ?? timeouts.tcp, tcpFin: new.tcpFin ?? timeouts.tcpFin, udp: new.udp ?? timeouts.udp)
    case .ipvs(let change): return apply(change)
    case .packetMark(let change): return apply(change)
    case .interface(.addAddress(let place)):
      guard interfaces.link(named: place.interface) != nil else { return "no such interface" }
      let isThere = interfaces.addresses.map(\.place).contains {
        $0 == place || $0.address == place.address && $0.interface == place.interface && place.address.family == .inet6
      }
      guard !isThere else { return "the address is there" }
      interfaces.addresses.append(ObservedAddress(place, isOurs: true))
    case .interface(.removeAddress(let place)):
      guard interfaces.holds(place) else { return "no such address" }
      interfaces.addresses.removeAll { $0.place == place }
    }
    return nil
  }

  private mutating func apply(_ change: IPVSChange) -> String? {
    let key = change.service
    switch change {
    case .addService(let service):
      guard services[key] == nil else { return "the service is there" }
      services[key] = IPVSTableEntry(service: service)
      return nil
    case .editService(let service):
      guard services[key] != nil else { return "no such service" }
      services[key]?.service = service
    case .removeService:
      connections[key] = nil
      guard services.removeValue(forKey: key) != nil else { return "no such service" }
    case .addDestination(let destination, _):
      guard let entry = services[key] else { return "no such service" }
      guard entry.destinations[destination.key] == nil else { return "the server is there" }
      services[key]?.destinations[destination.key] = destination
    case .editDestination(let destination, _):
      guard services[key]?.destinations[destination.key] != nil else { return "no such server" }
      services[key]?.destinations[destination.key] = destination
    case .removeDestination(let destination, _):
      connections[key]?.remove(destination)
      guard services[key]?.destinations.removeValue(forKey: destination) != nil else { return "no such server" }
    }
    return nil
  }

  private mutating func apply(_ change: PacketMarkChange) -> String? {
    let held = marks ?? PacketMarkState()
    let isRight =
      switch change {
      case .setMark(let selector, _, let replaced): held.marks[selector] == replaced
      case .removeMark(let selector, let mark): held.marks[selector] == mark
      case .setSourceTranslation(let key, _, let replaced): held.sourceTranslations[key] == replaced
      case .removeSourceTranslation(let key, let value): held.sourceTranslations[key] == value
      case .addMasquerade(let masquerade): !held.masquerades.contains(masquerade)
      case .removeMasquerade(let masquerade): held.masquerades.contains(masquerade)
      case .removeTable: held.isSpoilt
      }
    guard isRight else { return "the element is not as it was" }
    var after = held
    after.apply(change)
    marks = after.isEmpty ? nil : after
    return nil
  }

  // MARK: What others do to links

  mutating func rename(_ old: String, to new: String) {
    for index in interfaces.links.indices where interfaces.links[index].name == old {
      interfaces.links[index].name = new
    }
    for index in interfaces.addresses.indices where interfaces.addresses[index].place.interface == old {
      interfaces.addresses[index].place.interface = new
    }
    for (name, value) in sysctls where name.contains("/\(old)/") {
      sysctls[name] = nil
      sysctls[name.replacing("/\(old)/", with: "/\(new)/")] = value
    }
  }

  mutating func removeLink(_ name: String) {
    interfaces.links.removeAll { $0.name == name }
    interfaces.addresses.removeAll { $0.place.interface == name }
    for sysctl in sysctls.keys where sysctl.contains("/\(name)/") { sysctls[sysctl] = nil }
  }

  mutating func addLink(_ name: String, _ places: [InterfaceAddress]) {
    interfaces.links.append(NetworkLink(index: nextIndex, name: name))
    nextIndex += 1
    interfaces.addresses += places.map { ObservedAddress($0) }
    addSysctls(of: name)
  }

  mutating func setLink(_ name: String, isUp: Bool) {
    for index in interfaces.links.indices where interfaces.links[index].name == name {
      interfaces.links[index].isUp = isUp
    }
    // IPv6 addresses go with the link's going down, the interface's own come back with it.
    if isUp {
      let own = InterfaceAddress(address: Self.lan6.address, prefixLength: 64, interface: name)
      if name != Self.outside.interface, !interfaces.holds(own) { interfaces.addresses.append(ObservedAddress(own)) }
    } else {
      interfaces.addresses.removeAll { $0.place.interface == name && $0.place.address.family == .inet6 }
    }
  }

  private mutating func addSysctls(of name: String) {
    sysctls["net/ipv4/conf/\(name)/forwarding"] = "0"
    sysctls["net/ipv4/conf/\(name)/accept_local"] = "0"
    sysctls["net/ipv4/conf/\(name)/send_redirects"] = "1"
    sysctls["net/ipv6/conf/\(name)/accept_ra"] = "1"
  }
}
