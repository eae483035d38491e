import IPVS
import Interfaces

/// Notices what somebody else undoes again and again, and slows its mending down.
///
/// Time is counted in looks at the whole kernel, which are a second apart, or in seconds where they are rarer: what is
/// mended at every look is named after ten of them, and from the sixtieth on every two, four, … thirty-two seconds.
package struct Contest: Sendable {
  static let namedAfter = 10
  static let slowedAfter = 60
  static let pauseMax = 32
  /// So long without mending ends a contest.
  static let calm = 30

  private struct Record {
    var mendings = 0
    /// When it was mended last.
    var last = 0
    /// How long until the next mending.
    var pause = 0

    var isNamed: Bool { mendings >= Contest.namedAfter }
  }

  private var time = 0
  private var records: [KernelChange: Record] = [:]

  package var isOn: Bool { records.contains { $0.value.isNamed } }

  /// The changes that are contested.
  package var named: [KernelChange] { records.filter { $0.value.isNamed }.map(\.key) }

  package func isNamed(_ change: KernelChange) -> Bool { records[change]?.isNamed ?? false }

  func isHeldBack(_ change: KernelChange) -> Bool {
    records[change].map { time < $0.last + $0.pause } ?? false
  }

  /// Begins a look.
  ///
  /// - Parameter seconds: since the last one; less than one counts as one.
  /// - Returns: what is contested no more.
  mutating func look(after seconds: Int = 1) -> [KernelChange] {
    time += max(1, seconds)
    guard !records.isEmpty else { return [] }
    let calm = records.filter { time > $0.value.last + $0.value.pause + Self.calm }
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
      record.last = time
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
