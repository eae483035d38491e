import IPVS
import Interfaces
import LoadBalancing
import PacketMarks
import TestSupport
import Testing

@testable import Director

/// What others do to the kernel, and what lbd says about it.
@Suite(.timeLimit(.minutes(5))) struct DisturbanceTests {
  private let romexis = LoadBalancer(virtualServices: [Samples.romexis])
  private let name = ServerName(service: "RomexisVIP", server: "RomexisServer1")
  private let vip = Samples.address("10.10.90.199")
  private let up = "mark \(MarkAssignment.defaultBase) (IPv4) wlc: 10.10.90.201:0 100"

  @Test func aCommandSaysWhenTheKernelDidNotFollow() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [up] }
      await harness.kernel.misbehave(.wrongSequence)
      let taken = try await harness.director.setOperatorState(.halt, of: name, by: "root")
      #expect(taken.shortfall?.hasPrefix("not yet in effect in the kernel, lbd goes on trying: ") == true)
      await harness.kernel.behave()
      try await harness.advance { try await harness.kernel.tableLines() != [up] }
      #expect(try await harness.director.setOperatorState(.online, of: name, by: "root").shortfall == nil)
    }
  }

  @Test func aChangeOfHealthDuringALookIsNoRepair() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [up] }
      let (director, name) = (harness.director, name)
      await harness.kernel.duringNextLook {
        Task { try await director.setOperatorState(.halt, of: name, by: "root") }
        while (try? await director.operatorState(of: name)) != .halt { await Task.yield() }
      }
      try await harness.advance { try await harness.kernel.tableLines() != [up] }
      #expect(await harness.director.currentStatus.repairs == 0)
    }
  }

  @Test func aWordIsInEffectThoughTheTableWasSpoiltSinceTheLastLook() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [up] }
      await harness.kernel.flushIPVS()
      let taken = try await harness.director.setOperatorState(.halt, of: name, by: "root")
      #expect(taken.shortfall == nil)
      #expect(try await harness.kernel.tableLines() == [up.replacing("201:0 100", with: "202:0 1")])
      #expect(await harness.director.currentStatus.lastError == nil)
    }
  }

  @Test func aWordThatIsPutOffTwiceIsNotCalledDone() async throws {
    let harness = try DirectorHarness(romexis)
    let (kernel, director) = (harness.kernel, harness.director)
    try await harness.running {
      try await harness.advance { try await kernel.tableLines() == [up] }
      // The kernel refuses what was planned on an old look, and during the new one something comes that wants more.
      await kernel.flushIPVS()
      var translating = Samples.web
      translating.forwarding = .snat
      let more = LoadBalancer(virtualServices: [Samples.romexis, translating])
      await kernel.duringNextLook {
        Task { try await director.apply(more, reason: "test") }
        while await director.configuration != more { await Task.yield() }
      }
      #expect(try await director.setOperatorState(.halt, of: name, by: "root").shortfall == nil)
      #expect(try await kernel.tableLines().contains(up.replacing("201:0 100", with: "202:0 1")))
    }
  }

  @Test func aDeletedAddressIsPutBackAtOnce() async throws {
    let harness = try DirectorHarness(romexis)
    let (kernel, director) = (harness.kernel, harness.director)
    try await harness.running {
      try await harness.advance { try await kernel.tableLines() == [up] }
      try await harness.advance { await kernel.addresses() == ["10.10.90.199/32 on eth0"] }
      let (looks, vip) = (await kernel.looks, vip)
      await kernel.change { $0.addresses.removeAll { $0.place.address == vip } }
      while await director.currentStatus.repairs == 0 { await Task.yield() }
      #expect(await kernel.addresses() == ["10.10.90.199/32 on eth0"])
      #expect(await kernel.looks == looks, "no look at the whole kernel is needed")
    }
  }

  @Test func aDeletedPacketMarkIsPutBackAtOnce() async throws {
    let harness = try DirectorHarness(romexis)
    let (kernel, director) = (harness.kernel, harness.director)
    try await harness.running {
      try await harness.advance { try await kernel.tableLines() == [up] }
      let (looks, held) = (await kernel.looks, await kernel.marks)
      await kernel.changeMarks { $0 = PacketMarkState() }
      while await director.currentStatus.repairs < held.marks.count { await Task.yield() }
      #expect(await kernel.marks == held)
      #expect(await kernel.looks == looks, "no look at the whole kernel is needed")
    }
  }

  @Test func looksTakeAHundredthOfAProcessorAtMost() async throws {
    let harness = try DirectorHarness(romexis)
    let kernel = harness.kernel
    try await harness.running {
      let looks = try await Self.looks(after: .milliseconds(200), in: harness)
      for _ in 0..<50 {
        harness.clock.advance(by: .milliseconds(390))
        await harness.director.settle()
      }
      #expect(await kernel.looks == looks)
      try await harness.advance { await kernel.looks > looks }
    }
  }

  @Test func looksAreHalfAMinuteApartAtMost() async throws {
    let harness = try DirectorHarness(romexis)
    let kernel = harness.kernel
    try await harness.running {
      let looks = try await Self.looks(after: .seconds(3600), in: harness)
      await harness.director.settle()
      harness.clock.advance(by: .seconds(31))
      while await kernel.looks == looks { await Task.yield() }
    }
  }

  @Test func aTurnThatBrokeOffIsMadeAgainBeforeTheNextLook() async throws {
    let harness = try DirectorHarness(romexis)
    let kernel = harness.kernel
    try await harness.running {
      _ = try await Self.looks(after: .seconds(3600), in: harness)
      await harness.director.settle()
      await kernel.misbehave(.silence)
      let name = ServerName(service: "RomexisVIP", server: "RomexisServer1")
      let taken = try await harness.director.setOperatorState(.halt, of: name, by: "root")
      #expect(taken.shortfall != nil)
      func isHalted() async throws -> Bool { try await !kernel.tableLines().joined().contains("10.10.90.201:0") }
      // Ten seconds, and nobody else asks for a turn.
      for _ in 0..<100 where try await !isHalted() {
        harness.clock.advance(by: .milliseconds(100))
        for _ in 0..<5 {
          _ = await harness.director.currentStatus
          await Task.yield()
        }
      }
      #expect(try await isHalted())
    }
  }

  /// How many looks there were when one more has used so much processor time.
  private static func looks(after used: Duration, in harness: DirectorHarness) async throws -> Int {
    await harness.kernel.set(lookUses: used)
    let before = await harness.kernel.looks
    try await harness.advance { await harness.kernel.looks > before }
    return await harness.kernel.looks
  }

  @Test func whoFightsIsNamedAndMendedEverMoreSlowly() {
    let change = KernelChange.sysctl(name: "a", value: "1")
    var contest = Contest()
    var mendings: [Int] = []
    for look in 1...200 {
      _ = contest.look()
      guard !contest.isHeldBack(change) else { continue }
      #expect(contest.note([change]).isEmpty == (mendings.count != Contest.namedAfter - 1))
      mendings.append(look)
    }
    #expect(Array(mendings.prefix(61)) == Array(1...61))
    #expect(mendings.dropFirst(61) == [63, 67, 75, 91, 123, 155, 187])
    var settled: [KernelChange] = []
    for _ in 0..<(Contest.calm + Contest.pauseMax) { settled += contest.look() }
    #expect(settled == [change] && !contest.isOn)
  }

  @Test func whereLooksAreRareSecondsCount() {
    let change = KernelChange.sysctl(name: "a", value: "1")
    var contest = Contest()
    for look in 1...400 {
      _ = contest.look(after: 30)
      if look.isMultiple(of: 20) { #expect(contest.note([change]).isEmpty, "ten minutes are calm") }
    }
    var mendings = 0
    for _ in 1...200 {
      _ = contest.look(after: 30)
      guard !contest.isHeldBack(change) else { continue }
      _ = contest.note([change])
      mendings += 1
    }
    #expect(contest.isOn && mendings > 100)
  }

  @Test func aServerThatComesBackHasTheOperatorsWord() async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [up] }
      try await harness.director.setOperatorState(.halt, of: name, by: "root")
      try await harness.director.apply(LoadBalancer(), reason: "test")
      try await harness.director.apply(romexis, reason: "test")
      #expect(try await harness.director.operatorState(of: name) == .halt)
      #expect(await harness.messages().contains { $0.hasPrefix("back in the configuration and still in state halt") })
    }
  }

  @Test func withdrawalWithoutADaemonKeepsWhatIsRememberedByLabels() async throws {
    let first = try DirectorHarness(romexis)
    try await first.running {
      try await first.advance { try await first.kernel.tableLines() == [up] }
    }
    var saved = try #require(await first.store.saved)
    saved.agents = [name.service: [name.server: [AgentReport(admission: .maintenance)]]]
    let second = try DirectorHarness(LoadBalancer(), saved: saved, kernel: first.kernel)
    #expect(try await second.director.withdrawOnce() == nil)
    #expect(try await second.kernel.tableLines() == [])
    #expect(await second.kernel.addresses() == [])
    #expect(await second.store.saved?.marks == saved.marks)
    #expect(await second.store.saved?.agents == saved.agents)
  }
}
