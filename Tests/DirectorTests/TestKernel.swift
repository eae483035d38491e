import IPVS
import Interfaces
import LoadBalancing
import Netlink
import PacketMarks
import Synchronization
import TestSupport

@testable import Director

/// A kernel whose IPVS speaks bytes and misbehaves on purpose; marks, addresses and sysctls are plain values.
actor TestKernel: Kernel {
  private let fake = FakeKernel()
  private var table: IPVSTable?
  private(set) var marks = PacketMarkState()
  private(set) var sysctls = ["net/ipv4/vs/expire_nodest_conn": "0", "net/ipv4/vs/expire_quiescent_template": "0"]
  private(set) var announced: [InterfaceAddress] = []
  private(set) var changes: [KernelChange] = []
  /// How often the kernel was looked at as a whole.
  private(set) var looks = 0
  private let used = Mutex(Duration.zero)
  private var lookUses = Duration.zero
  private var snapshot = InterfaceSnapshot(
    links: [NetworkLink(index: 2, name: "eth0"), NetworkLink(index: 3, name: "eth1")],
    addresses: [
      ObservedAddress(.init(address: Samples.address("10.10.90.1"), prefixLength: 24, interface: "eth0")),
      ObservedAddress(.init(address: Samples.address("192.168.1.1"), prefixLength: 24, interface: "eth0")),
      ObservedAddress(.init(address: Samples.address("172.16.5.1"), prefixLength: 24, interface: "eth1")),
    ])

  private let (notifications, notify) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  private let (markChanges, tellMarks) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  nonisolated var processorTime: Duration { used.withLock(\.self) }

  /// Has each look use so much processor time.
  func set(lookUses time: Duration) { lookUses = time }

  /// Runs once, in the middle of the next look.
  private var duringLook: (@Sendable () async -> Void)?

  func duringNextLook(_ body: @escaping @Sendable () async -> Void) { duringLook = body }

  /// Changes links and addresses, and tells of it as rtnetlink does.
  func change(_ body: @Sendable (inout InterfaceSnapshot) -> Void) {
    body(&snapshot)
    notify.yield()
  }

  /// Changes the table `inet lbd`, and tells of it as nf_tables does.
  func changeMarks(_ body: @Sendable (inout PacketMarkState) -> Void) {
    body(&marks)
    tellMarks.yield()
  }

  /// Makes the next datagrams over IPVS's socket go wrong, one after another.
  func misbehave(_ mischief: Mischief...) { misbehave(mischief) }

  func misbehave(_ mischief: [Mischief]) { fake.script = mischief.map(\.script) }

  func behave() {
    fake.script = []
  }

  func flushIPVS() {
    fake.table.flush()
  }

  /// Whether nobody has a connection.
  func set(isIdle: Bool) {
    fake.table.isIdle = isIdle
  }

  func set(hasIPVS: Bool) {
    fake.hasIPVS = hasIPVS
    table = nil
  }

  func set(_ sysctl: String, _ value: String) { sysctls[sysctl] = value }

  func removeAddress(_ address: IPAddress) {
    snapshot.addresses.removeAll { $0.place.address == address }
  }

  func forgetChanges() {
    changes = []
  }

  /// Makes a change behind lbd's back.
  func interfere(_ change: IPVSChange) throws {
    _ = try openTable().apply([change])
  }

  /// What the table holds, as text: `TCP 10.0.0.1:80 wlc: 10.0.0.2:80 100`.
  func tableLines() throws -> [String] {
    try openTable().read().entries.values.sorted { $0.service.key < $1.service.key }.map { entry in
      let servers = entry.destinations.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.weight)" }
      return "\(entry.service.key) \(entry.service.scheduler): \(servers.joined(separator: ", "))"
    }
  }

  func addresses() -> [String] {
    snapshot.addresses.filter(\.place.isVirtual).map { "\($0.place)" }
  }

  func observe(sysctls names: Set<String>, counting: Bool) async throws(KernelError) -> ObservedState {
    looks += 1
    used.withLock { $0 += lookUses }
    let (read, timeouts) = try exchange { table throws(NetlinkError) in
      (try table.read(counting: counting), try table.timeouts())
    }
    let body = duringLook
    duringLook = nil
    await body?()
    var values: [String: String] = [:]
    for name in names { values[name] = sysctls[name, default: "0"] }
    return ObservedState(
      services: read.entries, counters: read.counters, packetMarks: marks, interfaces: snapshot,
      sysctls: values, timeouts: timeouts)
  }

  func routes(to addresses: Set<IPAddress>) async throws(KernelError) -> [IPAddress: Route] {
    addresses.reduce(into: [:]) { $0[$1] = Route(interface: "eth0", gateway: Samples.address("10.10.90.254")) }
  }

  func interfaces() async throws(KernelError) -> InterfaceSnapshot { snapshot }

  func nextInterfaceChange() async throws(KernelError) {
    for await _ in notifications { return }
  }

  func packetMarks() async throws(KernelError) -> PacketMarkState? { marks }

  func nextPacketMarkChange() async throws(KernelError) {
    for await _ in markChanges { return }
  }

  func counters() async throws(KernelError) -> IPVSCounterTable {
    try exchange { table throws(NetlinkError) in try table.read().counters }
  }

  func apply(_ changes: [KernelChange]) async throws(KernelError) -> [KernelFailure] {
    self.changes += changes
    var failures: [KernelFailure] = []
    for change in changes {
      switch change {
      case .sysctl(let name, let value): sysctls[name] = value
      case .packetMark(let change): marks.apply(change)
      case .interface(.addAddress(let place)): snapshot.addresses.append(ObservedAddress(place, isOurs: true))
      case .interface(.removeAddress(let place)): snapshot.addresses.removeAll { $0.place == place }
      case .timeouts(let timeouts): try exchange { table throws(NetlinkError) in try table.setTimeouts(timeouts) }
      case .ipvs: continue
      }
    }
    failures += try exchange { table throws(NetlinkError) in
      try table.apply(changes.compactMap(\.ipvs)).map { KernelFailure(.ipvs($0.change), $0.description) }
    }
    return failures
  }

  func announce(_ places: [InterfaceAddress]) async throws(KernelError) -> [KernelFailure] {
    announced += places
    return []
  }

  private func openTable() throws(NetlinkError) -> IPVSTable {
    if let table { return table }
    let opened = try IPVSTable(transport: fake)
    table = opened
    return opened
  }

  private func exchange<Result>(
    _ body: (IPVSTable) throws(NetlinkError) -> Result
  ) throws(KernelError) -> Result {
    do throws(NetlinkError) {
      return try body(try openTable())
    } catch {
      table = nil
      throw KernelError(error)
    }
  }
}
