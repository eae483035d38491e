public import IPVS
public import Interfaces
public import LoadBalancing
public import PacketMarks

/// One step from what the kernel holds to what it should hold.
public enum KernelChange: Hashable, Sendable {
  case sysctl(name: String, value: String)
  case timeouts(KernelTimeouts)
  case ipvs(IPVSChange)
  case packetMark(PacketMarkChange)
  case interface(InterfaceChange)
}

extension KernelChange {
  /// The part of the kernel that makes the change.
  enum Room {
    case sysctls, timeouts, ipvs, packetMarks, interfaces
  }

  var room: Room {
    switch self {
    case .sysctl: .sysctls
    case .timeouts: .timeouts
    case .ipvs: .ipvs
    case .packetMark: .packetMarks
    case .interface: .interfaces
    }
  }

  var ipvs: IPVSChange? {
    if case .ipvs(let change) = self { change } else { nil }
  }

  var packetMark: PacketMarkChange? {
    if case .packetMark(let change) = self { change } else { nil }
  }

  var interface: InterfaceChange? {
    if case .interface(let change) = self { change } else { nil }
  }
}

extension KernelChange: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sysctl(let name, let value): "\(name) = \(value)"
    case .timeouts(let timeouts): "IPVS timeouts \(timeouts)"
    case .ipvs(let change): "\(change)"
    case .packetMark(let change): "\(change)"
    case .interface(let change): "\(change)"
    }
  }
}
