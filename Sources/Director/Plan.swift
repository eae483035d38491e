import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

/// The changes that lead from what the kernel holds to what it should hold, in the order in which to make them.
///
/// What carries traffic is made before traffic is led to it, and what attracts traffic goes before what carried it.
/// Objects that lbd does not own are left alone.
public func plan(from observed: ObservedState, to desired: DesiredState, owning owned: Ownership) -> [KernelChange] {
  let entries = (desired.services.values.map(\.entry) + desired.relays).sorted { $0.service.key < $1.service.key }
  let lingering = desired.lingering.values.sorted { $0.service.key < $1.service.key }
  let wanted = Set(entries.map(\.service.key)).union(desired.lingering.keys)
  let abandoned = owned.services.subtracting(wanted).filter { observed.services[$0] != nil }.sorted()
  let addresses = Set(observed.interfaces.addresses.map(\.place))
  let leaving = owned.addresses.subtracting(desired.addresses).intersection(addresses)
  // An interface has an IPv6 address once, whatever the prefix (ipv6_add_addr): the old one makes room.
  let replaced = leaving.filter { old in
    old.address.family == .inet6
      && desired.addresses.contains { $0.address == old.address && $0.interface == old.interface }
  }

  return planSysctls(from: observed.sysctls, to: desired.sysctls)
    + planTimeouts(from: observed.timeouts, to: desired.timeouts)
    + entries.flatMap { planEntry(from: observed.services[$0.service.key], to: $0) }
    + planPacketMarks(from: observed.packetMarks, to: desired)
    // New clients are led elsewhere by now.
    + lingering.flatMap { planEntry(from: observed.services[$0.service.key], to: $0) }
    + replaced.sorted().map { .interface(.removeAddress($0)) }
    + desired.addresses.subtracting(addresses).sorted().map { .interface(.addAddress($0)) }
    + leaving.subtracting(replaced).sorted().map { .interface(.removeAddress($0)) }
    + abandoned.map { .ipvs(.removeService($0)) }
}

/// The changes for one service whose key and marks stay as they are: what health and the operator's word bring about.
public func plan(from observed: ObservedState, to desired: DesiredService) -> [KernelChange] {
  let key = desired.entry.service.key
  let held = (observed.packetMarks ?? PacketMarkState()).sourceTranslations.filter { $0.key.isOn(key) }
  let translations = PacketMarkState(sourceTranslations: held)
    .changes(to: PacketMarkState(sourceTranslations: desired.sourceTranslations))
  return planEntry(from: observed.services[key], to: desired.entry) + translations.map(KernelChange.packetMark)
}

/// A server leaves, or gets weight 0, before another enters, so that an application with one active server never has
/// new clients on two.
func planEntry(from observed: IPVSTableEntry?, to desired: IPVSTableEntry) -> [KernelChange] {
  guard observed != desired else { return [] }
  let key = desired.service.key
  var changes: [IPVSChange] = []
  if let observed {
    if observed.service != desired.service { changes.append(.editService(desired.service)) }
  } else {
    changes.append(.addService(desired.service))
  }
  let held = observed?.destinations ?? [:]
  changes += held.keys.filter { desired.destinations[$0] == nil }.sorted().map { .removeDestination($0, in: key) }
  let inOrder = desired.destinations.values.sorted { ($0.weight > 0 ? 1 : 0, $0.key) < ($1.weight > 0 ? 1 : 0, $1.key) }
  for destination in inOrder {
    guard let current = held[destination.key] else {
      changes.append(.addDestination(destination, in: key))
      continue
    }
    if current != destination { changes.append(.editDestination(destination, in: key)) }
  }
  return changes.map(KernelChange.ipvs)
}

private func planSysctls(from observed: [String: String], to desired: [String: DesiredSysctl]) -> [KernelChange] {
  desired.sorted { SysctlOrder($0.key) < SysctlOrder($1.key) }
    .filter { $0.value.needsChange(from: observed[$0.key]) }
    .map { .sysctl(name: $0.key, value: $0.value.value) }
}

private func planTimeouts(from observed: KernelTimeouts, to desired: KernelTimeouts?) -> [KernelChange] {
  guard let desired else { return [] }
  let isRight = [\KernelTimeouts.tcp, \.tcpFin, \.udp].allSatisfy { timeout in
    desired[keyPath: timeout] == nil || desired[keyPath: timeout] == observed[keyPath: timeout]
  }
  return isRight ? [] : [.timeouts(desired)]
}

private func planPacketMarks(from observed: PacketMarkState?, to desired: DesiredState) -> [KernelChange] {
  (observed ?? PacketMarkState()).changes(to: desired.packetMarks).map(KernelChange.packetMark)
}

/// `accept_ra=2` comes before IPv6 forwarding, which would end router advertisements otherwise.
private struct SysctlOrder: Comparable {
  let isLate: Bool
  let name: String

  init(_ name: String) {
    isLate = name.hasSuffix("forwarding")
    self.name = name
  }

  static func < (left: SysctlOrder, right: SysctlOrder) -> Bool {
    (left.isLate ? 1 : 0, left.name) < (right.isLate ? 1 : 0, right.name)
  }
}

extension SourceTranslation.Key {
  /// Whether the packets are those of a service.
  fileprivate func isOn(_ service: IPVSService.Key) -> Bool {
    service == .firewallMark(mark, family)
  }
}
