import IPVS
import LoadBalancing
import Netlink
import TestSupport
import Testing

@Suite struct IPVSReadingTests {
  private func filled() throws -> (FakeKernel, IPVSTable) {
    let kernel = FakeKernel()
    let table = try table(over: kernel)
    let failures = try table.apply([
      .addService(IPVSService(key: web, scheduler: "wlc", flags: .persistent, persistenceTimeout: 300)),
      .addDestination(server("10.10.90.201"), in: web), .addDestination(server("10.10.90.202", weight: 0), in: web),
      .addService(IPVSService(key: mark, scheduler: "rr")),
      .addService(IPVSService(key: .firewallMark(7, .inet6), scheduler: "rr")),
      .addDestination(server("2001:db8::2", 0), in: .firewallMark(7, .inet6)),
    ])
    #expect(failures.isEmpty)
    return (kernel, table)
  }

  @Test func theTableComesBackAsItWasSet() throws {
    let (_, table) = try filled()
    let snapshot = try table.read()
    #expect(snapshot.entries.count == 3)
    let entry = try #require(snapshot.entries[web])
    // The kernel's own flag, IP_VS_SVC_F_HASHED, is not among them.
    #expect(entry.service.flags == .persistent)
    #expect(entry.service.granularity == 32)
    #expect(entry.destinations[server("10.10.90.202").key]?.weight == 0)
    #expect(snapshot.entries[mark]?.destinations.isEmpty == true)
    #expect(snapshot.entries[.firewallMark(7, .inet6)]?.destinations.count == 1)
  }

  @Test func countersAreReadBesideTheTable() throws {
    let (_, table) = try filled()
    let snapshot = try table.read()
    let counters = try #require(snapshot.counters[web]?.destinations[server("10.10.90.201").key])
    #expect(counters.connections == IPVSConnections(active: 11, inactive: 12, persistent: 13))
    #expect(counters.statistics.connections == 1)
    #expect(counters.statistics.packetsIn == 2)
    #expect(counters.statistics.packetsOut == 3)
    #expect(counters.statistics.bytesIn == 4)
    #expect(counters.statistics.bytesOut == 5)
    #expect(counters.statistics.connectionsPerSecond == 6)
    #expect(counters.statistics.packetsInPerSecond == 7)
    #expect(counters.statistics.packetsOutPerSecond == 8)
    #expect(counters.statistics.bytesInPerSecond == 9)
    #expect(counters.statistics.bytesOutPerSecond == 10)
    #expect(snapshot.counters[mark]?.statistics == counters.statistics)
  }

  @Test func countersChangeWhileTheTableStays() throws {
    let (kernel, table) = try filled()
    let entries = try table.read(counting: false).entries
    for isIdle in [true, false, true] {
      kernel.table.isIdle = isIdle
      let snapshot = try table.read()
      #expect(snapshot.entries == entries)
      #expect(
        snapshot.counters[web]?.destinations[server("10.10.90.201").key]?.connections.active == (isIdle ? 0 : 11))
    }
  }

  @Test func withoutCountersTheTableIsTheSame() throws {
    let (_, table) = try filled()
    let snapshot = try table.read(counting: false)
    #expect(snapshot.counters.isEmpty)
    #expect(try snapshot.entries == table.read().entries)
  }

  @Test func whatChangesBetweenReadingsIsSeen() throws {
    let (_, table) = try filled()
    var before = try table.read().entries
    func expect(_ change: IPVSChange, _ edit: (inout [IPVSService.Key: IPVSTableEntry]) -> Void) throws {
      #expect(try table.apply([change]).isEmpty)
      edit(&before)
      #expect(try table.read().entries == before, "\(change)")
      #expect(try table.read(counting: false).entries == before, "\(change), read again")
    }
    let (first, second, third) = (server("10.10.90.201", weight: 7), server("10.10.90.202"), server("10.10.90.203"))
    try expect(.editDestination(first, in: web)) { $0[web]?.destinations[first.key] = first }
    try expect(.addDestination(third, in: web)) { $0[web]?.destinations[third.key] = third }
    try expect(.removeDestination(second.key, in: web)) { $0[web]?.destinations[second.key] = nil }
    let edited = IPVSService(key: web, scheduler: "rr")
    try expect(.editService(edited)) { $0[web]?.service = edited }
    try expect(.removeService(web)) { $0[web] = nil }
    try expect(.addService(edited)) { $0[web] = IPVSTableEntry(service: edited) }
  }

  @Test func oneServiceCanBeReadAlone() throws {
    let (_, table) = try filled()
    let whole = try table.read()
    let one = try #require(try table.read(web))
    #expect(one.entry == whole.entries[web])
    #expect(one.counters == whole.counters[web])
    #expect(try table.read(web6) == nil)
  }

  @Test(arguments: [1, 2, 3]) func repliesMayBeSplitOverDatagrams(messagesPerDatagram: Int) throws {
    let (kernel, table) = try filled()
    let whole = try table.read()
    kernel.script = Array(
      repeating: FakeKernelMischief { $0.messagesPerDatagram = messagesPerDatagram }, count: 4)
    #expect(try table.read() == whole)
    #expect(kernel.script.isEmpty)
  }

  @Test func timeoutsAndVersion() throws {
    let (_, table) = try filled()
    try table.setTimeouts(KernelTimeouts(tcpFin: 60))
    #expect(try table.timeouts() == KernelTimeouts(tcp: 900, tcpFin: 60, udp: 300))
    #expect(try table.version().description == "1.2.1")
    #expect(try table.version().connectionTableSize == 4096)
  }

  @Test func aModuleLoadedAnewIsFoundUnderItsNewNumber() throws {
    let (kernel, table) = try filled()
    kernel.familyID = 0x25
    #expect(try table.read().entries.count == 3)
  }

  @Test func aModuleThatIsGoneIsReported() throws {
    let (kernel, table) = try filled()
    kernel.hasIPVS = false
    #expect(code { () throws(NetlinkError) in _ = try table.read() } == .familyNotFound("IPVS"))
  }

  @Test func noIPVSInTheKernelIsReportedAtOnce() {
    let kernel = FakeKernel()
    kernel.hasIPVS = false
    #expect(code { () throws(NetlinkError) in _ = try IPVSTable(transport: kernel) } == .familyNotFound("IPVS"))
  }

  @Test func noRightToReadIsReported() throws {
    let (kernel, table) = try filled()
    kernel.script = [FakeKernelMischief { $0.refusals = [4: 1] }]
    #expect(code { () throws(NetlinkError) in _ = try table.read() } == .kernel(1))
  }
}
