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
  /// Checks begin with a health by which nobody loses clients before one says so: servers that the kernel holds are
  /// up; down are those that are remembered so, and beside a fallback that serves all that the kernel does not hold.
  /// Shares of agents of which nothing is remembered are those that the kernel's weights show.
  package mutating func takeOver(_ observed: ObservedState) {
    recognise(observed)
    takeOverNamed(in: observed)
    var up: Set<CheckTarget> = []
    var failing: [[CheckTarget]] = []
    var undecided: Set<CheckTarget> = []
    for service in configuration.virtualServices where service.enabled {
      guard let entry = observed.services[key(of: service)], let servers = states[service.label]?.servers else {
        continue
      }
      let table = ServiceTable(service: service, mark: mark(of: service), isLocal: observed.interfaces.holds)
      let fallbackServes = service.fallback.map { entry.destinations[table.destination(for: $0).key] != nil } ?? false
      for state in servers {
        let server = state.server
        let held = entry.destinations[table.destination(for: server, weight: server.weight).key]?.weight
        let checks = service.checks(of: server, defaults: configuration.global.healthCheck)
        // Who is always on or off needs no memory.
        let judged = checks.filter { Model.health(before: $0) == .unknown }
        switch takenOverHealth(of: state, in: service, held: held, fallbackServes: fallbackServes) {
        case .up: up.formUnion(judged)
        case .down: failing.append(judged)
        case .unknown: undecided.formUnion(judged)
        case .unchecked: break
        }
        // Who gets clients is not kept from them: the file was written before.
        if let held, held > 0, remembered.agents?[service.label]?[server.label] != nil {
          forget(checks.filter(\.isAgent))
        }
        guard let held, let share = share(of: state, in: service, weight: held) else { continue }
        for target in checks where target.isAgent && health[target] == nil {
          note([target: AgentReport(share: share)])
        }
      }
    }
    _ = note(rememberedHealth(up: up, failing: failing, undecided: undecided))
    refresh(Set(states.keys))
  }

  /// The health that a server seems to have had; unchecked where nothing tells and nothing depends on it.
  ///
  /// The kernel's word counts more than the state file's, which may have been written before the last change.
  ///
  /// - Parameter held: the weight with which the kernel holds it.
  private func takenOverHealth(
    of state: ServerState, in service: VirtualService, held: Int32?, fallbackServes: Bool
  ) -> Health {
    let isCounted = !state.isTakenOut
    let wasDown = remembered.down.map { $0[service.label]?.contains(state.server.label) ?? false }
    switch held {
    case .some(let weight) where weight > 0 || service.onFailure == .remove: return .up
    // At weight 0 is who was quiesced because it is down, unless another reason for it is known.
    case .some: return isCounted || wasDown ?? true ? .down : .up
    case nil:
      if wasDown == true || isCounted && fallbackServes { return .down }
      return isCounted || wasDown == false ? .unknown : .unchecked
    }
  }

  /// The health of checks, from that of servers.
  ///
  /// - Parameters:
  ///   - up: the checks of servers that are up.
  ///   - failing: those of each server that is down: one of them failed.
  ///   - undecided: those of servers of which nothing is known. They stay open as far as they can, so that no fallback
  ///     takes over from a server that is only awaited.
  private func rememberedHealth(
    up: Set<CheckTarget>, failing: [[CheckTarget]], undecided: Set<CheckTarget>
  ) -> [CheckTarget: Health] {
    var health = Dictionary(uniqueKeysWithValues: up.map { ($0, Health.up) })
    for checks in failing {
      let possible = checks.filter { !up.contains($0) }
      let certain = possible.filter { !undecided.contains($0) }
      for target in certain.isEmpty ? possible : certain { health[target] = .down }
    }
    return health
  }

  /// The share that explains a weight in the kernel; nil when something else may, or nothing need be.
  private func share(of state: ServerState, in service: VirtualService, weight: Int32) -> Int? {
    let full = state.server.weight
    guard state.operatorState == .online, weight < full,
      weight > 0 || service.onFailure == .remove && !state.isTakenOut
    else { return nil }
    return (100 * Int(weight) + full - 1) / full
  }

  /// Knows again what lbd made, though the state file may be lost: marks, what is found by them, and tagged addresses.
  mutating func recognise(_ observed: ObservedState) {
    learnMarks(from: observed)
    for address in observed.interfaces.addresses where address.isOurs {
      saved.owned.addresses.insert(address.place)
    }
    saved.noteIndexes(of: observed.interfaces.links)
  }

  /// - Throws: ``AddressConflicts`` when a virtual address is an interface's own.
  func checkAddresses(on interfaces: InterfaceSnapshot) throws(AddressConflicts) {
    let conflicts = addressConflicts(in: configuration, with: interfaces, owned: saved.owned.addresses)
    guard conflicts.isEmpty else { throw AddressConflicts(conflicts: conflicts) }
  }
}
