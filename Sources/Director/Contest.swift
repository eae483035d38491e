import IPVS
import Interfaces

/// Notices what somebody else undoes again and again, and slows its mending down.
///
/// Time is counted in looks at the whole kernel, which are a second apart or more: what is mended at every look is
/// named after ten of them, and from the sixtieth on mended at every second, fourth, … thirty-second look.
package struct Contest: Sendable {
  static let namedAfter = 10
  static let slowedAfter = 60
  static let pauseMax = 32
  /// So many looks without mending end a contest.
  static let calmLooks = 30

  private struct Record {
    var mendings = 0
    /// The look of the last mending.
    var last = 0
    /// The looks until the next mending.
    var pause = 0

    var isNamed: Bool { mendings >= Contest.namedAfter }
  }

  private var looks = 0
  private var records: [KernelChange: Record] = [:]

  package var isOn: Bool { records.contains { $0.value.isNamed } }

  /// The changes that are contested.
  package var named: [KernelChange] { records.filter { $0.value.isNamed }.map(\.key) }

  package func isNamed(_ change: KernelChange) -> Bool { records[change]?.isNamed ?? false }

  func isHeldBack(_ change: KernelChange) -> Bool {
    records[change].map { looks < $0.last + $0.pause } ?? false
  }

  /// Begins a look.
  ///
  /// - Returns: what is contested no more.
  mutating func look() -> [KernelChange] {
    looks += 1
    guard !records.isEmpty else { return [] }
    let calm = records.filter { looks > $0.value.last + $0.value.pause + Self.calmLooks }
    for change in calm.keys { records[change] = nil }
    return calm.filter { $0.value.isNamed }.map(\.key)
  }

  /// Takes note of mendings.
  ///
  /// - Returns: what is contested from now on.
  mutating func note(_ repairs: [KernelChange]) -> [KernelChange] {
    var named: [KernelChange] = []
    for change in repairs {
      var record = records[change] ?? Record()
      record.mendings += 1
      record.last = looks
      if record.mendings > Self.slowedAfter { record.pause = min(Self.pauseMax, max(2, record.pause * 2)) }
      if record.mendings == Self.namedAfter { named.append(change) }
      records[change] = record
    }
    return named
  }
}

/// What of the kernel a change is about: changes of one object are made together or not at all.
enum KernelObject: Hashable {
  case sysctl(String)
  case timeouts
  case service(IPVSService.Key)
  case packetMarks
  case address(InterfaceAddress)
}

extension KernelChange {
  var object: KernelObject {
    switch self {
    case .sysctl(let name, _): .sysctl(name)
    case .timeouts: .timeouts
    case .ipvs(let change): .service(change.service)
    case .packetMark: .packetMarks
    case .interface(let change): .address(change.place)
    }
  }

  /// Who may be behind it, when somebody else undoes the change again and again.
  var suspects: String {
    switch self {
    case .sysctl: "sysctl.d, systemd-networkd or a script with sysctl"
    case .timeouts: "a script with 'ipvsadm --set'"
    case .ipvs: "keepalived, ldirectord, kube-proxy or a script with ipvsadm"
    case .packetMark: "a script with 'nft flush ruleset', or firewalld"
    case .interface: "NetworkManager, systemd-networkd, keepalived or a script with ip"
    }
  }
}
