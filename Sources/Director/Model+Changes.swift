import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

/// How much of the kernel a turn compares.
enum Scope {
  case everything
  /// The entries of these services, whose keys and marks are as they were.
  case services(Set<String>)
}

extension Model {
  func changes(from observed: ObservedState, in scope: Scope) -> [KernelChange] {
    switch scope {
    case .everything:
      return plan(from: observed, to: desired(given: observed), owning: saved.owned)
    case .services(let labels):
      let movesAddress = labels.contains { states[$0]?.service.withdrawWhenDown == true }
      guard !movesAddress else { return changes(from: observed, in: .everything) }
      return labels.sorted().compactMap { desiredService($0, on: observed.interfaces) }
        .flatMap { plan(from: observed, to: $0) }
    }
  }

  /// Notes what is about to be made, so that an interrupted lbd still knows it for its own.
  mutating func own(_ changes: [KernelChange], given observed: ObservedState) {
    var namesInterfaces = false
    for change in changes {
      switch change {
      case .ipvs(.addService(let service)): saved.owned.services.insert(service.key)
      case .ipvs(.editService(let service)): saved.owned.services.insert(service.key)
      case .interface(.addAddress(let address)):
        saved.owned.addresses.insert(address)
        namesInterfaces = true
      case .sysctl(let name, _):
        guard !saved.withdrawn, saved.originalSysctls[name] == nil, let value = observed.sysctls[name] else { continue }
        saved.originalSysctls[name] = value
        namesInterfaces = true
      case .timeouts(let changed) where !saved.withdrawn:
        let replaced = observed.timeouts.only(where: changed)
        saved.originalTimeouts = saved.originalTimeouts?.completed(by: replaced) ?? replaced
      default: continue
      }
    }
    if namesInterfaces { saved.noteIndexes(of: observed.interfaces.links) }
  }

  /// Gives up what is neither there nor about to be made: whoever makes it from now on, it is theirs.
  ///
  /// A listing of the IPVS table may skip entries while others delete some: a service must be missing twice.
  /// - Parameter before: the services that were missing at the last look.
  /// - Returns: those that are missing for the first time.
  mutating func disownMissing(
    in observed: ObservedState, besides changes: [KernelChange], missing before: Set<IPVSService.Key>
  ) -> Set<IPVSService.Key> {
    let added = changes.compactMap { if case .interface(.addAddress(let place)) = $0 { place } else { nil } }
    saved.owned.addresses.formIntersection(Set(observed.interfaces.addresses.map(\.place)).union(added))
    let unwanted = saved.withdrawn ? saved.owned.services : saved.owned.services.subtracting(programmedKeys)
    let missing = unwanted.filter { observed.services[$0] == nil }
    saved.owned.services.subtract(missing.intersection(before))
    return missing.subtracting(before)
  }

  /// What others made and the configuration names is lbd's from now on.
  mutating func takeOverNamed(in observed: ObservedState) {
    guard !saved.withdrawn else { return }
    saved.owned.services.formUnion(programmedKeys.filter { observed.services[$0] != nil })
  }

  /// Forgets what has been taken out of the kernel.
  mutating func disown(_ changes: [KernelChange]) {
    for change in changes {
      switch change {
      case .ipvs(.removeService(let key)): saved.owned.services.remove(key)
      case .interface(.removeAddress(let address)): saved.owned.addresses.remove(address)
      case .sysctl(let name, let value) where saved.originalSysctls[name] == value:
        saved.originalSysctls[name] = nil
      // What was on its way when lbd was withdrawn restores nothing.
      case .timeouts(let changed) where !saved.withdrawn || changed == saved.originalTimeouts:
        let configured = saved.withdrawn ? nil : configuration.global.timeouts
        saved.originalTimeouts = configured.flatMap { saved.originalTimeouts?.only(where: $0) }
      default: continue
      }
    }
  }

  /// Of changes that nobody asked for, those that mend what lbd had made before.
  func repairs(among changes: [KernelChange]) -> [KernelChange] {
    let made = programmedKeys.intersection(saved.owned.services)
    return changes.filter { change in
      switch change {
      case .sysctl(let name, _): saved.originalSysctls[name] != nil
      case .timeouts: true
      case .ipvs(let change): made.contains(change.service)
      case .packetMark: true
      case .interface(.addAddress(let address)): saved.owned.addresses.contains(address)
      case .interface(.removeAddress): false
      }
    }
  }

  /// The label of the service that a change belongs to.
  func label(of change: KernelChange) -> String? {
    switch change {
    case .ipvs(let change): label(of: change.service)
    case .interface(.addAddress(let address)), .interface(.removeAddress(let address)):
      configuration.virtualServices.first { $0.address == address.address }?.label
    case .sysctl, .timeouts, .packetMark: nil
    }
  }

  private func label(of key: IPVSService.Key) -> String? {
    configuration.virtualServices.first { self.key(of: $0) == key }?.label
  }

  func key(of service: VirtualService) -> IPVSService.Key {
    IPVSService.Key(service, mark: mark(of: service))
  }
}
