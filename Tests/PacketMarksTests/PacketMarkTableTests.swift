import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import PacketMarks

struct PacketMarkTableTests {
  private let kernel = FakeNFTables()
  private let table: PacketMarkTable

  init() { table = PacketMarkTable(kernel) }

  private let service = IPAddress(family: .inet, value: 0x0A0A_5AC7)

  private func selector(_ ports: ClosedRange<UInt16>) -> PacketMarkSelector {
    PacketMarkSelector(address: service, protocolNumber: 6, ports: ports)
  }

  @Test func `without a table nothing is read`() throws {
    #expect(try table.read() == nil)
  }

  @Test func `what is made reads back`() throws {
    for _ in 0..<50 {
      kernel.table = nil
      let state = PacketMarkState.random()
      #expect(try table.apply(PacketMarkState().changes(to: state), to: nil) ?? PacketMarkState() == state)
      #expect(try table.read() ?? PacketMarkState() == state)
    }
  }

  @Test func `any state turns into any other by its changes, in one transaction`() throws {
    var state: PacketMarkState?
    for _ in 0..<100 {
      let next = PacketMarkState.random()
      let changes = (state ?? PacketMarkState()).changes(to: next)
      state = try table.apply(changes, to: state)
      #expect(state ?? PacketMarkState() == next)
      #expect(try table.read() == state)
    }
  }

  @Test func `a single change is one message between begin and end`() throws {
    let first = try table.apply([.setMark(selector(104...104), 7, replacing: nil)], to: nil)
    let second = try table.apply([.setMark(selector(105...105), 7, replacing: nil)], to: first)
    #expect(kernel.lastTypes == [0x10, 0x0C, 0x11])
    try table.apply([.setMark(selector(104...104), 8, replacing: 7)], to: second)
    #expect(kernel.lastTypes == [0x10, 0x0E, 0x0C, 0x11])
  }

  @Test func `nothing to change sends nothing`() throws {
    let state = PacketMarkState(marks: [selector(1...9): 1])
    #expect(try table.apply([], to: state) == state)
    #expect(try table.apply([], to: nil) == nil)
    #expect(kernel.sent.isEmpty)
  }

  @Test func `the chain that turns on connection tracking is there only while something is translated`() throws {
    let key = SourceTranslation.Key(mark: 1, family: .inet)
    var state = try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    #expect(kernel.table?.chains.keys.sorted() == ["input"])
    state = try table.apply([.setSourceTranslation(key, .masquerade, replacing: nil)], to: state)
    #expect(kernel.table?.chains.keys.sorted() == ["input", "output", "postrouting"])
    try table.apply([.removeSourceTranslation(key, .masquerade)], to: state)
    #expect(kernel.table?.chains.keys.sorted() == ["input"])
  }

  @Test func `there are rules only for sets that hold something`() {
    func rules(_ state: PacketMarkState) -> [[MarkRule]] { MarkChain.allCases.map(TableNeeds(state).rules) }
    var state = PacketMarkState()
    #expect(rules(state) == [[], [], []])
    state.marks = [selector(1...9): 1]
    #expect(rules(state) == [[.passSegments(onlyTCP: true), .mark(.ranges4, isLast: true)], [], []])
    state.marks[selector(80...80)] = 1
    let address = IPAddress(family: .inet6, value: 1)
    state.marks[PacketMarkSelector(address: address, protocolNumber: 17, ports: 53...53)] = 2
    let marking: [MarkRule] = [
      .mark(.marks4, isLast: false), .mark(.ranges4, isLast: false), .mark(.marks6, isLast: true),
    ]
    #expect(rules(state)[0] == [.passSegments(onlyTCP: false)] + marking)
    // What the kernel's connection tracking has forgotten is marked in the middle of a connection.
    state.sourceTranslations = [SourceTranslation.Key(mark: 2, family: .inet6): .masquerade]
    #expect(
      rules(state) == [marking, [.markOwn(.marks4), .markOwn(.ranges4), .markOwn(.marks6)], [.masquerade(.inet6)]])
    state.marks = [:]
    state.masquerades = [OutboundMasquerade(source: Subnet(service, prefixLength: 24), interface: "eth1")]
    state.sourceTranslations = [SourceTranslation.Key(mark: 2, family: .inet): .address(service)]
    #expect(rules(state) == [[], [], [.translateSource(.inet), .masqueradeOutbound(.inet)]])
  }

  @Test func `rules change together with what needs them, in the chain that is there`() throws {
    let udp = PacketMarkSelector(address: service, protocolNumber: 17, ports: 1...9)
    let state = try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    let both = try table.apply([.setMark(udp, 1, replacing: nil)], to: state)
    #expect(kernel.lastTypes == [0x10, 0x08, 0x06, 0x06, 0x0C, 0x11])
    #expect(try table.read() == both)
    try table.apply([.removeMark(udp, 1)], to: both)
    #expect(kernel.lastTypes == [0x10, 0x08, 0x06, 0x06, 0x0E, 0x11])
    #expect(try table.read() == state)
  }

  @Test func `a range takes the place of two that it overlaps`() throws {
    let state = try table.apply(
      [.setMark(selector(1...9), 1, replacing: nil), .setMark(selector(11...19), 1, replacing: nil)], to: nil)
    try table.apply(
      [
        .setMark(selector(1...19), 1, replacing: nil), .removeMark(selector(1...9), 1),
        .removeMark(selector(11...19), 1),
      ], to: state)
    #expect(try table.read()?.marks == [selector(1...19): 1])
  }

  @Test func `what is refused changes nothing and says which change it was`() throws {
    let change = PacketMarkChange.setMark(selector(5...6), 2, replacing: nil)
    let state = try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    let error = try #require(throws: PacketMarkError.self) {
      try table.apply(
        [.setMark(selector(20...20), 1, replacing: nil), change, .removeMark(selector(3...3), 1)], to: state)
    }
    guard case .refused(let failures) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(failures.map(\.change) == [.removeMark(selector(3...3), 1), change])
    #expect(failures.map(\.errno) == [2, 17])
    #expect(
      "\(error)" == """
        cannot stop marking 10.10.90.199 tcp 3 with 1: No such file or directory (ENOENT, errno 2): it is not there; \
        cannot mark 10.10.90.199 tcp 5-6 with 2: File exists (EEXIST, errno 17): \
        it is there with another value, or overlaps with what is there
        """)
    #expect(try table.read()?.marks == [selector(1...9): 1])
  }

  @Test func `a chain that somebody removed is named`() throws {
    let state = try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    kernel.table?.chains["input"] = nil
    let error = #expect(throws: PacketMarkError.self) {
      try table.apply([.setMark(selector(20...20), 1, replacing: nil)], to: state)
    }
    #expect(
      "\(try #require(error))".hasPrefix(
        """
        cannot remove the rules of the chain input of inet lbd: No such file or directory (ENOENT, errno 2): \
        it is not there; 
        """))
  }

  @Test func `a table that somebody removed is missing, and is made anew`() throws {
    let state = PacketMarkState(marks: [selector(1...9): 1])
    try table.apply(PacketMarkState().changes(to: state), to: nil)
    kernel.table = nil
    #expect(throws: PacketMarkError.tableMissing) {
      try table.apply([.setMark(selector(20...20), 1, replacing: nil)], to: state)
    }
    #expect(try table.read() == nil)
    try table.apply(PacketMarkState().changes(to: state), to: nil)
    #expect(try table.read() == state)
  }

  @Test func `a table of another layout, without its rules or with foreign elements is made anew`() throws {
    let spoil: [(inout FakeNFTables.Table) -> Void] = [
      { $0.userData = [0, 13] + Array("lbd layout 0".utf8) + [0] },
      { $0.chains["input"] = [] },
      { $0.chains["input"]?.removeFirst() },
      { $0.chains["input"]?.reverse() },
      { $0.chains["input"]?[0].removeLast(48) },
      { $0.chains["output"] = $0.chains["input"] },
      { $0.chains["other"] = [[]] },
      { $0.sets["marks6"] = nil },
      { $0.sets["marks4"] = [.init(key: [10, 0, 0, 1], value: [1, 0, 0, 0])] },
      { $0.sets["outbound4"]?.append(.init(key: .init(repeating: 1, count: 20))) },
      {
        let name = [UInt8](repeating: 0x61, count: 16)
        $0.sets["outbound4"] = [.init(key: [10, 0, 0, 1] + name, keyEnd: [10, 0, 0, 2] + name)]
      },
    ]
    let change = PacketMarkChange.setMark(selector(1...9), 1, replacing: nil)
    var state = try table.apply([change], to: nil)
    kernel.table?.userData = Array("somebody else's".utf8)
    #expect(try table.read() == nil)
    state = nil
    for spoil in spoil {
      #expect(try table.apply([change], to: state)?.marks.count == 1)
      #expect(try table.read()?.isSpoilt == false)
      spoil(&kernel.table!)
      state = try table.read()
      #expect(state == .spoilt)
    }
  }

  @Test func `our own changes are no foreign ones`() throws {
    _ = try table.read()
    let state = try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    try table.apply([.setMark(selector(11...19), 1, replacing: nil)], to: state)
    #expect(try !table.hasForeignChanges())
    kernel.generation += 1
    #expect(try table.hasForeignChanges())
    _ = try table.read()
    #expect(try !table.hasForeignChanges())
  }

  @Test func `a foreign change just before ours is not missed`() throws {
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    let state = try table.read()
    kernel.beforeAnswering = {
      $0.generation += 1
      $0.beforeAnswering = { _ in }
    }
    try table.apply([.setMark(selector(11...19), 1, replacing: nil)], to: state)
    #expect(try table.hasForeignChanges())
  }

  @Test func `a state that changes while it is read is read again, not for ever`() throws {
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    var disturbances = 12
    kernel.beforeAnswering = {
      guard disturbances > 0 else { return }
      disturbances -= 1
      $0.generation += 1
    }
    #expect(try table.read()?.marks == [selector(1...9): 1])
    kernel.beforeAnswering = { $0.generation += 1 }
    let error = #expect(throws: PacketMarkError.self) { try table.read() }
    guard case .exchange(let cause) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(cause.code == .dumpInterrupted)
  }

  @Test func `lost answers are an error of the exchange`() throws {
    kernel.script = [FakeKernelMischief { $0.repliesUntilOverflow = 0 }]
    #expect(throws: PacketMarkError.exchange(NetlinkError(.repliesLost, "change the nftables table inet lbd"))) {
      try table.apply([.setMark(selector(1...9), 1, replacing: nil)], to: nil)
    }
  }

  @Test func `the table goes with the last that it holds`() throws {
    let change = PacketMarkChange.setMark(selector(1...9), 1, replacing: nil)
    let state = try table.apply([change], to: nil)
    #expect(try table.apply([.removeMark(selector(1...9), 1)], to: state) == nil)
    #expect(kernel.table == nil)
    #expect(try table.apply([.removeTable], to: .spoilt) == nil)
    #expect(kernel.table == nil)
  }
}
