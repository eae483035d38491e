import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

extension ObservedState {
  /// Takes note of changes that the kernel has made, so that the next turn need not look.
  mutating func record(_ changes: [KernelChange]) {
    for change in changes {
      switch change {
      case .sysctl(let name, let value): sysctls[name] = value
      case .timeouts(let changed):
        timeouts = KernelTimeouts(
          tcp: changed.tcp ?? timeouts.tcp, tcpFin: changed.tcpFin ?? timeouts.tcpFin, udp: changed.udp ?? timeouts.udp)
      case .ipvs(let change): record(change)
      case .packetMark(let change): packetMarks = packetMarks.applying(change)
      case .interface(.addAddress(let place)): interfaces.addresses.append(ObservedAddress(place, isOurs: true))
      case .interface(.removeAddress(let place)): interfaces.addresses.removeAll { $0.place == place }
      }
    }
  }

  private mutating func record(_ change: IPVSChange) {
    switch change {
    case .addService(let service):
      services[service.key] = IPVSTableEntry(service: service, destinations: [:])
    case .editService(let service):
      services[service.key]?.service = service
    case .removeService(let key):
      services[key] = nil
    case .addDestination(let destination, let key), .editDestination(let destination, let key):
      services[key]?.destinations[destination.key] = destination
    case .removeDestination(let destination, let key):
      services[key]?.destinations[destination] = nil
    }
  }
}

extension PacketMarkState? {
  fileprivate func applying(_ change: PacketMarkChange) -> PacketMarkState {
    var state = self ?? PacketMarkState()
    state.apply(change)
    return state
  }
}
