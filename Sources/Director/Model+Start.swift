import IPVS
import Interfaces
import LoadBalancing

/// Virtual addresses that this machine cannot take; nothing is applied.
public struct AddressConflicts: Error, Sendable {
  public let conflicts: [AddressConflict]
}

extension Model {
  /// Takes over what an earlier run left in the kernel.
  ///
  /// - Returns: the health with which checks begin, so that nobody loses clients before a check says so: servers
  ///   that the kernel holds are up; beside a fallback that serves, those that it does not hold are down.
  mutating func takeOver(_ observed: ObservedState) -> [CheckTarget: Health] {
    learnMarks(from: observed)
    for address in observed.interfaces.addresses where address.isOurs {
      saved.owned.addresses.insert(address.place)
    }
    var remembered: [CheckTarget: Health] = [:]
    for service in configuration.virtualServices where service.enabled {
      guard let entry = observed.services[key(of: service)] else { continue }
      let table = ServiceTable(service: service, mark: mark(of: service), isLocal: observed.interfaces.holds)
      let fallbackServes = service.fallback.map { entry.destinations[table.destination(for: $0).key] != nil } ?? false
      for server in service.realServers {
        let held = entry.destinations[table.destination(for: server, weight: server.weight).key]
        let wasUp = held.map { $0.weight > 0 || service.onFailure == .remove }
        guard wasUp == true || fallbackServes else { continue }
        for target in service.checks(of: server, defaults: configuration.global.healthCheck) {
          remembered[target] = wasUp == true || remembered[target] == .up ? .up : .down
        }
      }
    }
    // Who is always on or off needs no memory.
    remembered = remembered.filter { Model.health(before: $0.key) == .unknown }
    _ = note(remembered)
    return remembered
  }

  /// - Throws: ``AddressConflicts`` when a virtual address is an interface's own.
  func checkAddresses(on interfaces: InterfaceSnapshot) throws(AddressConflicts) {
    let conflicts = addressConflicts(in: configuration, with: interfaces, owned: saved.owned.addresses)
    guard conflicts.isEmpty else { throw AddressConflicts(conflicts: conflicts) }
  }
}
