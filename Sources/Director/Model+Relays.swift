import HealthChecks
import IPVS
import Interfaces
import LoadBalancing

/// Checks through virtual addresses: each of their servers has an entry of its own in the kernel's table, on a mark
/// that only checks carry, with the server as its one destination.
extension Model {
  /// The entries, by relay.
  var relayEntries: [CheckRelay: IPVSTableEntry] {
    var entries: [CheckRelay: IPVSTableEntry] = [:]
    for relay in relays {
      guard let mark = saved.marks.mark(of: relay) else { continue }
      entries[relay] = IPVSTableEntry(relay, mark: mark)
    }
    return entries
  }

  /// The servers of checks, and those whose answers are forwarded, that no connected subnet holds: the kernel must be
  /// asked for the way to them.
  func distantServers(on interfaces: InterfaceSnapshot) -> Set<IPAddress> {
    let answering = states.values.lazy.map(\.service).filter { $0.enabled && $0.translatesPorts }
      .flatMap(\.serverAddresses)
    let subnets = interfaces.subnets.map(\.subnet)
    return Set(relays.map(\.server)).union(answering).filter { server in !subnets.contains { $0.contains(server) } }
  }

  /// What the prober needs to know of each relay.
  func checkRoutes(given observed: ObservedState) -> [CheckRelay: CheckRoutes.State] {
    guard !saved.withdrawn else {
      return Dictionary(uniqueKeysWithValues: relays.map { ($0, .missing("lbd is withdrawn from the kernel")) })
    }
    var states: [CheckRelay: CheckRoutes.State] = [:]
    for (relay, entry) in relayEntries {
      guard let origin = CheckOrigin(of: relay, given: observed) else {
        states[relay] = .missing(
          "the load balancer has no \(relay.family == .inet ? "IPv4" : "IPv6") address of its own on the interface that "
            + "leads to \(relay.server), or no route to it")
        continue
      }
      guard case .firewallMark(let mark, _) = entry.service.key, observed.services[entry.service.key] == entry else {
        states[relay] = .missing("the kernel does not forward checks to \(relay.server) yet")
        continue
      }
      states[relay] = .ready(CheckRoutes.Route(mark: mark, source: origin.source.bytes))
    }
    return states
  }
}

/// Whence the checks of a relay come.
struct CheckOrigin {
  /// The load balancer's own address, which the server answers.
  let source: IPAddress
  /// Leads to the server, and takes its answers, whose source is a local address.
  let interface: String

  /// nil when no interface leads to the server, or it has no address of its own of the family.
  init?(of relay: CheckRelay, given observed: ObservedState) {
    let interfaces = observed.interfaces
    if let place = interfaces.subnet(holding: relay.server), place.address.family == relay.family {
      (source, interface) = (place.address, place.interface)
      return
    }
    let route = observed.routes[relay.server]
    guard let name = interfaces.subnet(holding: relay.server)?.interface ?? route?.interface,
      let own = interfaces.ownAddress(on: name, relay.family, preferred: route?.source)
    else { return nil }
    (source, interface) = (own, name)
  }
}

extension InterfaceSnapshot {
  /// An address that the interface has for itself, no virtual one and none of link scope.
  fileprivate func ownAddress(on interface: String, _ family: AddressFamily, preferred: IPAddress?) -> IPAddress? {
    let own = addresses.filter { observed in
      let place = observed.place
      return place.interface == interface && place.address.family == family && !place.isVirtual && !observed.isOurs
        && !place.address.isLinkLocal
    }.map(\.place.address)
    return own.first { $0 == preferred } ?? own.first
  }
}

extension IPAddress {
  /// fe80::/10 (RFC 4291, section 2.5.6).
  fileprivate var isLinkLocal: Bool { family == .inet6 && bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 }
}

extension IPVSTableEntry {
  /// Whether it looks like one that leads checks to a server: nobody else makes those on marks of lbd's.
  func isRelay(onMarksFrom base: UInt32) -> Bool {
    guard case .firewallMark(let mark, _) = service.key, mark >= base, mark - base < 0x1_0000 else { return false }
    return service.flags == [.onePacket] && destinations.count <= 1
  }

  /// The entry that leads the checks of a relay to its server; datagrams leave nothing behind in the kernel.
  init(_ relay: CheckRelay, mark: UInt32) {
    let service = IPVSService(
      key: .firewallMark(mark, relay.family), scheduler: Scheduler.wlc.rawValue, flags: [.onePacket],
      granularity: relay.family.addressBits)
    let destination = IPVSDestination(
      key: .init(address: relay.server, port: 0), method: relay.tunnel == nil ? .direct : .tunnel,
      tunnel: relay.tunnel.map(IPVSTunnel.init))
    self.init(service: service, destinations: [destination.key: destination])
  }
}
