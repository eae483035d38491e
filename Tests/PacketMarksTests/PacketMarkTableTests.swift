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
      let state = PacketMarkState.random()
      try table.apply(PacketMarkState().changes(to: state), creating: true)
      #expect(try table.read() == state)
    }
  }

  @Test func `any state turns into any other by its changes, in one transaction`() throws {
    var state = PacketMarkState()
    try table.apply([], creating: true)
    for _ in 0..<100 {
      let next = PacketMarkState.random()
      try table.apply(state.changes(to: next))
      #expect(try table.read() == next)
      state = next
    }
  }

  @Test func `a single change is one message between begin and end`() throws {
    try table.apply([], creating: true)
    try table.apply([.setMark(selector(104...104), 7, replacing: nil)])
    #expect(kernel.lastTypes == [0x10, 0x0C, 0x11])
    try table.apply([.setMark(selector(104...104), 8, replacing: 7)])
    #expect(kernel.lastTypes == [0x10, 0x0E, 0x0C, 0x11])
  }

  @Test func `nothing to change sends nothing`() throws {
    try table.apply([])
    #expect(kernel.sent.isEmpty)
  }

  @Test func `the chain that turns on connection tracking is there only while something is translated`() throws {
    let key = SourceTranslation.Key(mark: 1, family: .inet)
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)], creating: true)
    #expect(kernel.table?.chains.keys.sorted() == ["input"])
    try table.apply([.setSourceTranslation(key, .masquerade, replacing: nil)])
    #expect(kernel.table?.chains["postrouting"] == 6)
    #expect(kernel.table?.chains["output"] == 4)
    try table.apply([.removeSourceTranslation(key, .masquerade)])
    #expect(kernel.table?.chains["postrouting"] == nil)
    #expect(kernel.table?.chains["output"] == nil)
  }

  @Test func `what may not begin a connection passes first`() {
    func rules(_ translates: (before: Bool, after: Bool)) -> [MarkRule] {
      MarkStep.steps(for: [], replacing: false, translates: translates).compactMap {
        if case .makeRule(.input, let rule) = $0.action { rule } else { nil }
      }
    }
    let marking: [MarkRule] = [.mark(.marks4), .mark(.ranges4), .mark(.marks6), .mark(.ranges6)]
    #expect(rules((true, false)) == [.passSegments] + marking)
    #expect(rules((false, true)) == marking)
    #expect(rules((true, true)).isEmpty)
  }

  @Test func `every segment is marked while something is translated, else SYNs alone`() throws {
    let key = SourceTranslation.Key(mark: 1, family: .inet)
    let mark = PacketMarkChange.setMark(selector(1...9), 1, replacing: nil)
    func isForSYNs() -> Bool? { kernel.table?.chains["input"].map { $0 == 5 } }
    try table.apply([mark], creating: true)
    #expect(isForSYNs() == true)
    try table.apply([.setSourceTranslation(key, .masquerade, replacing: nil)])
    #expect(isForSYNs() == false)
    #expect(try table.read()?.marks == [selector(1...9): 1])
    try table.apply([.removeSourceTranslation(key, .masquerade)])
    #expect(isForSYNs() == true)
    try table.apply([mark, .setSourceTranslation(key, .masquerade, replacing: nil)], creating: true)
    #expect(isForSYNs() == false)
    #expect(try table.read() != nil)
  }

  @Test func `a range takes the place of two that it overlaps`() throws {
    try table.apply(
      [.setMark(selector(1...9), 1, replacing: nil), .setMark(selector(11...19), 1, replacing: nil)], creating: true)
    try table.apply([
      .setMark(selector(1...19), 1, replacing: nil), .removeMark(selector(1...9), 1),
      .removeMark(selector(11...19), 1),
    ])
    #expect(try table.read()?.marks == [selector(1...19): 1])
  }

  @Test func `what is refused changes nothing and says which change it was`() throws {
    let change = PacketMarkChange.setMark(selector(5...6), 2, replacing: nil)
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)], creating: true)
    let error = try #require(throws: PacketMarkError.self) {
      try table.apply([.setMark(selector(20...20), 1, replacing: nil), change, .removeMark(selector(3...3), 1)])
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

  @Test func `a table that somebody removed is missing, and is made anew`() throws {
    let state = PacketMarkState(marks: [selector(1...9): 1])
    try table.apply(PacketMarkState().changes(to: state), creating: true)
    kernel.table = nil
    #expect(throws: PacketMarkError.tableMissing) {
      try table.apply([.setMark(selector(20...20), 1, replacing: nil)])
    }
    #expect(try table.read() == nil)
    try table.apply(PacketMarkState().changes(to: state), creating: true)
    #expect(try table.read() == state)
  }

  @Test func `a table of another layout, without its rules or with foreign elements is made anew`() throws {
    let spoil: [(inout FakeNFTables.Table) -> Void] = [
      { $0.userData = [0, 13] + Array("lbd layout 0".utf8) + [0] },
      { $0.chains["input"] = 0 },
      { $0.chains["input"] = 4 },
      { $0.chains["output"] = 5 },
      { $0.chains["other"] = 1 },
      { $0.sets["marks6"] = nil },
      { $0.sets["marks4"] = [.init(key: [10, 0, 0, 1], value: [1, 0, 0, 0])] },
      { $0.sets["outbound4"]?.append(.init(key: .init(repeating: 1, count: 20))) },
      {
        let name = [UInt8](repeating: 0x61, count: 16)
        $0.sets["outbound4"] = [.init(key: [10, 0, 0, 1] + name, keyEnd: [10, 0, 0, 2] + name)]
      },
    ]
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)], creating: true)
    kernel.table?.userData = Array("somebody else's".utf8)
    #expect(try table.read() == nil)
    for change in spoil {
      try table.apply([.setMark(selector(1...9), 1, replacing: nil)], creating: true)
      #expect(try table.read() != nil)
      change(&kernel.table!)
      #expect(try table.read() == .spoilt)
    }
  }

  @Test func `our own changes are no foreign ones`() throws {
    _ = try table.read()
    try table.apply([], creating: true)
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)])
    #expect(try !table.hasForeignChanges())
    kernel.generation += 1
    #expect(try table.hasForeignChanges())
    _ = try table.read()
    #expect(try !table.hasForeignChanges())
  }

  @Test func `a foreign change just before ours is not missed`() throws {
    try table.apply([], creating: true)
    _ = try table.read()
    kernel.beforeAnswering = {
      $0.generation += 1
      $0.beforeAnswering = { _ in }
    }
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)])
    #expect(try table.hasForeignChanges())
  }

  @Test func `a state that changes while it is read is read again, not for ever`() throws {
    try table.apply([.setMark(selector(1...9), 1, replacing: nil)], creating: true)
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
    try table.apply([], creating: true)
    kernel.script = [FakeKernelMischief { $0.repliesUntilOverflow = 0 }]
    #expect(throws: PacketMarkError.exchange(NetlinkError(.repliesLost, "change the nftables table inet lbd"))) {
      try table.apply([.setMark(selector(1...9), 1, replacing: nil)])
    }
  }

  @Test func `removing works with and without a table`() throws {
    try table.apply([], creating: true)
    try table.remove()
    #expect(kernel.table == nil)
    try table.remove()
    #expect(kernel.table == nil)
  }
}
