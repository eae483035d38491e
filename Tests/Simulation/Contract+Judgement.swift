import Director
import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

extension Contract {
  /// What in the kernel is not as it must be; nil when all is.
  func violation(in world: Simulation, atRest: Bool = false) -> String? {
    let kernel = world.kernel
    let wanted = entries
    for (key, entry) in wanted where kernel.services[key] != entry {
      return "\(key) is \(kernel.services[key].map { "\($0)" } ?? "missing"), not \(entry)"
    }
    for (key, entry) in world.foreignServices where wanted[key] == nil && kernel.services[key] != entry {
      return "somebody else's \(key) is not as it was"
    }
    for (key, entry) in kernel.services where wanted[key] == nil && world.foreignServices[key] == nil {
      let drains =
        !isWithdrawn && !entry.destinations.isEmpty
        && entry.destinations.values.allSatisfy {
          $0.weight == 0 && (!atRest || kernel.connections[key]?.contains($0.key) == true)
        }
      if !drains { return "\(key) is nobody's: \(entry)" }
    }
    if (kernel.marks ?? PacketMarkState()) != packetMarks { return "the table inet lbd is not as it should be" }
    return addressViolation(in: world) ?? sysctlViolation(in: world) ?? markViolation
  }

  private func addressViolation(in world: Simulation) -> String? {
    let own = Set([SimulatedKernel.lan, SimulatedKernel.lan6, SimulatedKernel.outside].map(\.address))
    let held = Set(world.kernel.interfaces.addresses.map(\.place).filter { !own.contains($0.address) })
    if let missing = addresses.subtracting(held).first { return "address \(missing) is missing" }
    let more = held.subtracting(addresses).subtracting(world.foreignAddresses)
    if let more = more.first { return "address \(more) is nobody's" }
    let lost = world.foreignAddresses.subtracting(held)
    return lost.first.map { "somebody else's address \($0) is gone" }
  }

  private func sysctlViolation(in world: Simulation) -> String? {
    let sysctls = world.kernel.sysctls
    if isWithdrawn {
      let wrong = sysctls.first { world.originals[$0.key] != nil && world.originals[$0.key] != $0.value }
      return wrong.map { "\($0.key) is \($0.value) after the withdrawal, not \(world.originals[$0.key] ?? "")" }
    }
    guard !services.isEmpty else { return nil }
    if sysctls["net/ipv4/vs/expire_nodest_conn"] != "1" { return "expire_nodest_conn is not 1" }
    let expires = configuration.global.persistentClients == .move ? "1" : "0"
    if sysctls["net/ipv4/vs/expire_quiescent_template"] != expires { return "expire_quiescent_template is wrong" }
    let translates = services.contains { $0.forwarding == .snat || $0.fallback?.forwarding == .snat }
    if translates, sysctls["net/ipv4/vs/conntrack"] != "1" { return "conntrack is not 1" }
    return nil
  }

  private var markViolation: String? {
    let used = services.compactMap(ownMark) + checkMarks.values
    if Set(used).count != used.count { return "two services share a mark: \(marks)" }
    return used.contains { $0 < MarkAssignment.defaultBase || $0 == 0x4C42_0002 }
      ? "a mark is not lbd's: \(marks)" : nil
  }

  /// The entries that only let old connections end.
  func lingering(in world: Simulation) -> [IPVSService.Key] {
    let wanted = entries
    return world.kernel.services.keys.filter { wanted[$0] == nil && world.foreignServices[$0] == nil }
  }

  /// How many messages lead from the kernel as it is to what must be, at the most.
  func differences(to kernel: SimulatedKernel, owned: Set<IPVSService.Key>) -> Int {
    var count = 0
    var wantedKeys: Set<IPVSService.Key> = []
    for wanted in entries.values {
      wantedKeys.insert(wanted.service.key)
      let held = kernel.services[wanted.service.key]
      if held?.service != wanted.service { count += 1 }
      let destinations = Set(wanted.destinations.keys).union(held?.destinations.keys.map(\.self) ?? [])
      count += destinations.count { wanted.destinations[$0] != held?.destinations[$0] }
    }
    // Those that linger lose a server or a weight at a time.
    for key in owned.subtracting(wantedKeys) {
      if let held = kernel.services[key] { count += max(1, held.destinations.count) }
    }
    let marks = kernel.marks ?? PacketMarkState()
    let wantedMarks = packetMarks
    count += Set(marks.marks.keys).union(wantedMarks.marks.keys).count { marks.marks[$0] != wantedMarks.marks[$0] }
    count += Set(marks.sourceTranslations.keys).union(wantedMarks.sourceTranslations.keys)
      .count { marks.sourceTranslations[$0] != wantedMarks.sourceTranslations[$0] }
    count += marks.masquerades.symmetricDifference(wantedMarks.masquerades).count
    count += addresses.symmetricDifference(interfaces.addresses.map(\.place)).count
    // At most every sysctl once, and the timeouts.
    return count + kernel.sysctls.count { $0.value != "2" || isWithdrawn } + 1
  }

  /// Whether a service sends new clients to a server and to the fallback at once; nil when not, or when it is meant so.
  func servesTwice(_ key: IPVSService.Key, _ kernel: SimulatedKernel) -> String? {
    guard let service = services.first(where: { self.key(of: $0) == key }), let fallback = service.fallback,
      let entry = kernel.services[key]
    else { return nil }
    let serving = entry.destinations.values.filter { $0.weight > 0 }
    guard serving.contains(where: { $0.key.address == fallback.address }),
      let other = serving.first(where: { server in service.realServers.contains { $0.address == server.key.address } })
    else { return nil }
    return "\(key) has the fallback and \(other.key) at once"
  }
}
