import Interfaces
import LoadBalancing
import TestSupport
import Testing

@testable import ClientWatch

@Suite struct StalledClientsTests {
  private let server = IPAddress(family: .inet, value: 0xC0A8_0115)
  private let other = IPAddress(family: .inet, value: 0xC0A8_0116)

  /// A client's segment; a number for each connection.
  private func segment(_ connection: Int, isSYN: Bool = true, sequence: UInt32 = 1) -> ClientSegment {
    ClientSegment(
      to: .zero, from: .init(IPAddress(family: .inet, value: 0x0A00_0000 + UInt128(connection)), port: 40_000),
      to: .init(IPAddress(family: .inet, value: 0xC0A8_010F), port: 80), sequence: sequence, isSYN: isSYN)
  }

  /// A world of clients, a millisecond at a time.
  private struct World {
    var clients = StalledClients()
    var now = Duration.zero
    /// When which server was suspicious.
    var suspicions: [(time: Duration, server: IPAddress)] = []

    mutating func run(for duration: Duration, _ turn: (inout StalledClients, Int) -> Void = { _, _ in }) {
      let end = now + duration
      while now < end {
        now += .milliseconds(1)
        turn(&clients, Int(now / .milliseconds(1)))
        suspicions += clients.suspects(at: now).sorted().map { (now, $0) }
      }
    }
  }

  /// One connection each `every` milliseconds that gets on after `delay`; nil: never.
  private func connect(every: Int, delay: Int?, to server: IPAddress) -> (inout StalledClients, Int) -> Void {
    { clients, now in
      if now % every == 0 { clients.note(segment(now), to: server, at: .milliseconds(now)) }
      if let delay, now > delay, (now - delay) % every == 0 {
        clients.note(segment(now - delay, isSYN: false, sequence: 2), to: server, at: .milliseconds(now))
      }
    }
  }

  @Test func `three new clients in a row that get no answer are enough`() throws {
    var world = World()
    world.run(for: .seconds(5), connect(every: 40, delay: 1, to: server))
    #expect(world.suspicions.isEmpty)
    let healthy = connect(every: 40, delay: 1, to: other)
    let dead = connect(every: 40, delay: nil, to: server)
    world.run(for: .milliseconds(400)) { clients, now in
      healthy(&clients, now)
      dead(&clients, now)
    }
    let first = try #require(world.suspicions.first)
    #expect(first.time == .milliseconds(5000 + 80 + 100) && world.suspicions.allSatisfy { $0.server == server })
  }

  @Test func `when it is due is known before`() {
    let clients = Changing(StalledClients())
    for number in 0..<2 { clients.value.note(segment(number), to: server, at: .milliseconds(number)) }
    #expect(clients.value.suspects(at: .milliseconds(1)).isEmpty && clients.value.nextSuspicion == nil)
    // The same once more is no third client.
    clients.value.note(segment(0), to: server, at: .milliseconds(2))
    #expect(clients.value.suspects(at: .milliseconds(2)).isEmpty && clients.value.nextSuspicion == nil)
    clients.value.note(segment(2), to: server, at: .milliseconds(5))
    #expect(clients.value.suspects(at: .milliseconds(254)).isEmpty && clients.value.nextSuspicion == .milliseconds(255))
    #expect(clients.value.suspects(at: .milliseconds(255)) == [server] && clients.value.nextSuspicion == nil)
  }

  @Test func `a later client that gets on speaks for the server, an earlier one does not`() {
    for answered in [0, 3] {
      let clients = Changing(StalledClients())
      for number in 0...3 { clients.value.note(segment(number), to: server, at: .milliseconds(number)) }
      clients.value.note(segment(answered, isSYN: false), to: server, at: .milliseconds(100))
      #expect(clients.value.suspects(at: .seconds(1)) == (answered == 0 ? [server] : []))
    }
  }

  @Test func `clients far away are learnt, however many they are`() {
    for every in [2, 7, 100] {
      var world = World()
      world.run(for: .seconds(20), connect(every: every, delay: 600, to: server))
      #expect(world.suspicions.count <= 3 && world.suspicions.allSatisfy { $0.time < .seconds(3) }, "\(every)")
    }
  }

  @Test func `for one packet in fifty that gets lost no server is suspicious`() {
    var world = World()
    var random = SplitMix64(state: 8)
    var lost: Set<Int> = []
    world.run(for: .seconds(60)) { clients, now in
      func send(_ connection: Int) {
        clients.note(segment(connection), to: server, at: .milliseconds(now))
        guard random.next() % 50 != 0 else { return _ = lost.insert(connection) }
        clients.note(segment(connection, isSYN: false), to: server, at: .milliseconds(now))
      }
      if now % 4 == 0 { send(now) }
      if lost.remove(now - 1000) != nil { send(now - 1000) }
    }
    #expect(world.suspicions.count <= 1)
  }

  @Test func `a flood or a scan has a server checked now and then, no more`() {
    for answered in [false, true] {
      var world = World()
      world.run(for: .seconds(60)) { clients, now in
        for number in 0..<3 { clients.note(segment(now * 3 + number), to: server, at: .milliseconds(now)) }
        // Somebody real among them.
        if answered, now % 10 == 0 {
          clients.note(segment(500_000_000 + now), to: server, at: .milliseconds(now))
          clients.note(segment(500_000_000 + now, isSYN: false), to: server, at: .milliseconds(now))
        }
      }
      // 250 ms, 500 ms, 1 s, 2 s, then every 4 s.
      #expect((10...20).contains(world.suspicions.count), "\(world.suspicions.count)")
    }
  }

  @Test func `after a quiet time a server is suspicious soon`() {
    var world = World()
    world.run(for: .seconds(30), connect(every: 5, delay: nil, to: server))
    world.run(for: .seconds(12), connect(every: 5, delay: 1, to: server))
    world.suspicions = []
    let from = world.now
    world.run(for: .seconds(1), connect(every: 5, delay: nil, to: server))
    #expect(world.suspicions.first.map { $0.time - from } == .milliseconds(110))
  }

  @Test func `what is not followed is no reason, unless it comes again`() {
    let clients = Changing(StalledClients())
    for number in 0..<9 {
      clients.value.note(segment(number), to: server, isFollowed: false, at: .milliseconds(number))
    }
    #expect(clients.value.suspects(at: .milliseconds(900)).isEmpty)
    for number in 0..<5 { clients.value.note(segment(number), to: server, isFollowed: false, at: .seconds(1)) }
    #expect(clients.value.suspects(at: .seconds(1)) == [server])
    clients.value.forgetHandshakes()
    #expect(clients.value.suspects(at: .seconds(2)).isEmpty)
  }
}

/// Changes in place, so that an expectation can ask it.
private final class Changing<Value> {
  var value: Value

  init(_ value: Value) { self.value = value }
}

@Suite struct AcknowledgementRateTests {
  @Test func `many acknowledgements are looked at in part, few as a whole again`() {
    var rate = AcknowledgementRate()
    let first = rate.note(9000, at: .milliseconds(500))
    #expect(!first && rate.sampling.includes(port: 0xFFFF))
    let hasChanged = [rate.note(50_000, at: .milliseconds(600)), rate.note(0, at: .milliseconds(1000))]
    #expect(hasChanged == [false, true] && rate.sampling.bits == 1)
    for half in 3...40 { _ = rate.note(50_000, at: .milliseconds(500 * half)) }
    #expect(rate.sampling.bits == 10)
    let included = (0...UInt16.max).count { rate.sampling.includes(port: $0) }
    #expect(included == 65_536 >> 10)
    // One step down in ten seconds.
    var changes = 0
    for half in 41...90 where rate.note(100, at: .milliseconds(500 * half)) { changes += 1 }
    #expect(changes == 3 && rate.sampling.bits == 7)
  }

  @Test func `the filter's words`() throws {
    let service = VirtualService(
      label: "Web",
      entry: .address(try #require(IPAddress("192.168.1.15")), ports: PortSet(80), protocol: .tcp), forwarding: .dr)
    var rate = AcknowledgementRate()
    var filter = SegmentFilter(rate.sampling)
    let server = try #require(IPAddress("192.168.1.21"))
    filter.add(server, of: service)
    #expect(
      filter.text
        == "outbound and ((ip and tcp and (tcp[13:1] & 0x12 = 2 or (ip[2:2] <= 80)) and (dst host 192.168.1.15)))"
    )
    _ = rate.note(50_000, at: .seconds(1))
    filter = SegmentFilter(rate.sampling)
    filter.add(server, of: service)
    #expect(filter.text.contains("(ip[2:2] <= 80 and tcp[0:2] & 2 = 0)"))
  }
}
