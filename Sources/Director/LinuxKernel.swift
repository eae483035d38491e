import IPVS
public import Interfaces
public import LinuxSystem
public import LoadBalancing
public import Netlink
public import PacketMarks

/// The kernel of this machine: the IPVS table, the packet marks, the addresses and the sysctls.
///
/// Runs on a thread of its own, because every exchange blocks. A netlink socket that fails is opened anew for the
/// next look.
public actor LinuxKernel: Kernel {
  /// Opens a netlink socket to a part of the kernel.
  public typealias Opening = @Sendable () throws(NetlinkError) -> any NetlinkTransport

  private let executor: ThreadExecutor
  private let openGeneric: Opening
  private let openNetfilter: Opening
  private let openRoute: Opening
  private let loop: EpollLoop
  private let counterReader: CounterReader

  private var rooms = Rooms()
  private var interfaceWatch: ChangeWatch<InterfaceMonitor>?
  private var packetMarkWatch: ChangeWatch<PacketMarkMonitor>?
  private var knownMarks: KnownMarks = .unknown

  nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  nonisolated public var processorTime: Duration { executor.processorTime }

  /// The objects that talk to the kernel's parts over one socket each, those that were needed so far: a kernel may
  /// lack a part.
  private struct Rooms {
    var ipvs: IPVSTable?
    var packetMarks: PacketMarkTable?
    var interfaces: InterfaceTable?
  }

  /// What the table `inet lbd` held when it was last read, and what lbd has changed since.
  private enum KnownMarks {
    case unknown
    /// nil: there is no such table.
    case known(PacketMarkState?)
  }

  /// - Parameters:
  ///   - executor: for looks and changes.
  ///   - counting: for reading counters beside them.
  ///   - loop: waits for notifications.
  public init(
    executor: ThreadExecutor, counting: ThreadExecutor, loop: EpollLoop,
    openGeneric: @escaping Opening, openNetfilter: @escaping Opening, openRoute: @escaping Opening
  ) {
    self.executor = executor
    self.loop = loop
    self.openGeneric = openGeneric
    self.openNetfilter = openNetfilter
    self.openRoute = openRoute
    counterReader = CounterReader(executor: counting, openGeneric: openGeneric)
  }

  public func observe(sysctls names: Set<String>, counting: Bool) async throws(KernelError) -> ObservedState {
    try exchange {
      let interfaces = try interfaceTable().read()
      let table = try ipvsTable().read(counting: counting)
      return ObservedState(
        services: table.entries, counters: table.counters, packetMarks: try readMarks(packetMarkTable()),
        interfaces: interfaces, sysctls: readSysctls(names), timeouts: try ipvsTable().timeouts(),
        routingMarks: try interfaceTable().routingMarks())
    }
  }

  public func interfaces() async throws(KernelError) -> InterfaceSnapshot {
    try exchange { try interfaceTable().read() }
  }

  public func packetMarks() async throws(KernelError) -> PacketMarkState? {
    try exchange { try readMarks(packetMarkTable()) }
  }

  public func nextInterfaceChange() async throws(KernelError) {
    do {
      let watch = try interfaceWatch ?? watchInterfaces()
      interfaceWatch = watch
      try await watch.nextChange(by: loop) { try $0.takeChanges() }
    } catch {
      interfaceWatch = nil
      throw KernelError(error)
    }
  }

  public func nextPacketMarkChange() async throws(KernelError) {
    do {
      let watch = try packetMarkWatch ?? watchPacketMarks()
      packetMarkWatch = watch
      try await watch.nextChange(by: loop) { try $0.takeChanges(besides: rooms.packetMarks?.portID) }
    } catch {
      packetMarkWatch = nil
      throw KernelError(error)
    }
  }

  private func watchInterfaces() throws -> ChangeWatch<InterfaceMonitor> {
    let monitor = try InterfaceMonitor()
    return try ChangeWatch(monitor, descriptor: monitor.descriptor)
  }

  private func watchPacketMarks() throws -> ChangeWatch<PacketMarkMonitor> {
    let transport = try LibNLTransport(.netfilter, groups: [PacketMarkMonitor.group])
    return try ChangeWatch(PacketMarkMonitor(transport), descriptor: transport.descriptor)
  }

  nonisolated public func counters() async throws(KernelError) -> IPVSCounterTable {
    try await counterReader.counters()
  }

  public func routes(to addresses: Set<IPAddress>) async throws(KernelError) -> [IPAddress: Route] {
    try exchange { try interfaceTable().routes(to: addresses) }
  }

  public func apply(_ changes: [KernelChange]) async throws(KernelError) -> [KernelFailure] {
    try exchange {
      var failures: [KernelFailure] = []
      var rest = changes[...]
      while let first = rest.first {
        let run = rest.prefix { $0.room == first.room }
        failures += try apply(run)
        rest = rest.dropFirst(run.count)
      }
      return failures
    }
  }

  public func announce(_ places: [InterfaceAddress]) async throws(KernelError) -> [KernelFailure] {
    guard !places.isEmpty else { return [] }
    let links = try exchange { try interfaceTable().read().links }
    let addresses = Dictionary(grouping: places, by: \.interface)
    return links.compactMap { link in
      guard let addresses = addresses[link.name]?.map(\.address) else { return nil }
      do {
        try AddressAnnouncer.announce(addresses, on: link)
        return nil
      } catch {
        let names = addresses.map(\.description).joined(separator: ", ")
        return KernelFailure(nil, "neighbours on \(link.name) are not told that \(names) is here: \(error)")
      }
    }
  }

  /// Changes of one kind.
  private func apply(_ changes: ArraySlice<KernelChange>) throws -> [KernelFailure] {
    switch changes.first?.room {
    case .sysctls: applySysctls(changes)
    case .timeouts: try applyTimeouts(changes, in: ipvsTable())
    case .ipvs:
      try ipvsTable().apply(changes.compactMap(\.ipvs)).map { KernelFailure(.ipvs($0.change), $0.description) }
    case .packetMarks: try applyMarks(changes.compactMap(\.packetMark), in: packetMarkTable())
    case .interfaces: try applyInterfaces(changes.compactMap(\.interface), in: interfaceTable())
    case nil: []
    }
  }

  private func applySysctls(_ changes: ArraySlice<KernelChange>) -> [KernelFailure] {
    changes.compactMap { change in
      guard case .sysctl(let name, let value) = change else { return nil }
      do {
        try Sysctl.write(name, value)
        return nil
      } catch {
        return KernelFailure(change, "sysctl \(name) cannot be set to \(value): \(error)")
      }
    }
  }

  private func applyTimeouts(
    _ changes: ArraySlice<KernelChange>, in table: IPVSTable
  ) throws(NetlinkError) -> [KernelFailure] {
    var failures: [KernelFailure] = []
    for case .timeouts(let timeouts) in changes {
      do throws(NetlinkError) {
        try table.setTimeouts(timeouts)
      } catch {
        guard case .kernel = error.code else { throw error }
        failures.append(KernelFailure(.timeouts(timeouts), "\(error)"))
      }
    }
    return failures
  }

  /// One transaction: all of it is made or nothing.
  private func applyMarks(_ changes: [PacketMarkChange], in table: PacketMarkTable) throws -> [KernelFailure] {
    // From nothing, the table would be made anew and lose what it holds.
    let before: PacketMarkState? = if case .known(let state) = knownMarks { state } else { try readMarks(table) }
    do {
      knownMarks = .known(try table.apply(changes, to: before))
      return []
    } catch {
      guard case .refused(let failures) = error else { throw error }
      let reasons = failures.map(\.description).joined(separator: "; ")
      return changes.map { KernelFailure(.packetMark($0), "the packet marks stay as they were: \(reasons)") }
    }
  }

  private func applyInterfaces(
    _ changes: [InterfaceChange], in table: InterfaceTable
  ) throws -> [KernelFailure] {
    try table.apply(changes).failures.map { KernelFailure(.interface($0.change), $0.description) }
  }

  /// Lists the table only when somebody else has changed nftables since the last time.
  private func readMarks(_ table: PacketMarkTable) throws(PacketMarkError) -> PacketMarkState? {
    if case .known(let state) = knownMarks, try !table.hasForeignChanges() { return state }
    let state = try table.read()
    knownMarks = .known(state)
    return state
  }

  private func readSysctls(_ names: Set<String>) -> [String: String] {
    var values: [String: String] = [:]
    for name in names { values[name] = try? Sysctl.read(name) }
    return values
  }

  private func exchange<Result>(_ body: () throws -> Result) throws(KernelError) -> Result {
    do {
      return try body()
    } catch {
      rooms = Rooms()
      knownMarks = .unknown
      throw KernelError(error)
    }
  }

  private func ipvsTable() throws(NetlinkError) -> IPVSTable {
    if let table = rooms.ipvs { return table }
    let table = try IPVSTable(transport: try openGeneric())
    rooms.ipvs = table
    return table
  }

  private func packetMarkTable() throws(NetlinkError) -> PacketMarkTable {
    if let table = rooms.packetMarks { return table }
    let table = PacketMarkTable(try openNetfilter())
    rooms.packetMarks = table
    return table
  }

  private func interfaceTable() throws(NetlinkError) -> InterfaceTable {
    if let table = rooms.interfaces { return table }
    let table = InterfaceTable(try openRoute())
    rooms.interfaces = table
    return table
  }
}

extension KernelError {
  init(_ error: any Error) {
    let errno: Int32?
    switch error {
    case let error as NetlinkError:
      if case .familyNotFound = error.code {
        self.init(.missing, error.description)
        return
      }
      errno = error.errno
    case PacketMarkError.exchange(let error): errno = error.errno
    default: errno = nil
    }
    let code: Code =
      switch errno.map({ SystemError("", errno: $0).name }) {
      case "EPERM", "EACCES": .noPermission
      case "EPROTONOSUPPORT", "EAFNOSUPPORT", "EOPNOTSUPP": .missing
      default: .interrupted
      }
    self.init(code, "\(error)")
  }
}
