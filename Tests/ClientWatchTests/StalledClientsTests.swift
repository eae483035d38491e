import Interfaces
import LoadBalancing
import Testing

@testable import ClientWatch

@Suite struct StalledClientsTests {
  private let server = IPAddress(family: .inet, value: 0xC0A8_0115)
  private let other = IPAddress(family: .inet, value: 0xC0A8_0116)
  private let virtual = IPAddress(family: .inet, value: 0xC0A8_010F)

  /// A client's SYN; a number for each connection.
  private func syn(_ connection: Int, sequence: UInt32 = 1) -> SYNSighting {
    let client = IPAddress(family: .inet, value: 0x0A00_0000 + UInt128(connection))
    return SYNSighting(
      to: .zero, from: .init(client, port: 40_000), to: .init(virtual, port: 80), sequence: sequence)
  }

  @Test func `three SYNs that come again make a server suspicious`() {
    let clients = Watch()
    for connection in 0..<5 { #expect(!clients.note(syn(connection), to: server, at: .milliseconds(connection))) }
    #expect(!clients.note(syn(0), to: server, at: .milliseconds(1000)))
    #expect(!clients.note(syn(1), to: server, at: .milliseconds(1001)))
    #expect(clients.note(syn(2), to: server, at: .milliseconds(1002)))
    // Not again at once, but again soon.
    #expect(!clients.note(syn(3), to: server, at: .milliseconds(1003)))
    #expect(clients.note(syn(4), to: server, at: .milliseconds(1260)))
  }

  @Test func `new connections are nothing to wonder at, from the same port neither`() {
    let clients = Watch()
    for count in 0..<1000 {
      #expect(!clients.note(syn(count % 7, sequence: UInt32(count)), to: server, at: .milliseconds(count)))
    }
  }

  @Test func `a SYN that comes again to another server has got another`() {
    let clients = Watch()
    for connection in 0..<9 { #expect(!clients.note(syn(connection), to: server, at: .zero)) }
    for connection in 0..<9 { #expect(!clients.note(syn(connection), to: other, at: .seconds(1))) }
  }

  @Test func `one in a hundred that gets lost on the way is no reason`() {
    let clients = Watch()
    var suspicions = 0
    for count in 0..<50_000 {
      let now = Duration.milliseconds(count)
      if clients.note(syn(count), to: server, at: now) { suspicions += 1 }
      if count >= 1000, count % 100 == 0, clients.note(syn(count - 1000), to: server, at: now) { suspicions += 1 }
    }
    #expect(suspicions == 0)
  }

  @Test func `slow repeats are not several at a time`() {
    let clients = Watch()
    for second in [0, 1, 3, 7, 15] { #expect(!clients.note(syn(1), to: server, at: .seconds(second))) }
  }

  @Test func `a million SYNs a second keep the memory, and a dead server is still seen`() {
    let clients = Watch()
    var suspicions = 0
    // New ones all the time, each again after a second.
    for count in 0..<3_000_000 {
      let now = Duration.microseconds(count)
      if clients.note(syn(count), to: server, at: now) { suspicions += 1 }
      if count >= 1_000_000, clients.note(syn(count - 1_000_000), to: server, at: now) { suspicions += 1 }
    }
    #expect(clients.stalled.knownCount <= 2 * 131_072 && suspicions > 0)
  }
}

/// Changes in place, so that an expectation can ask it.
private final class Watch {
  var stalled = StalledClients()

  func note(_ syn: SYNSighting, to server: IPAddress, at now: Duration) -> Bool {
    stalled.note(syn, to: server, at: now)
  }
}

@Suite struct SYNSightingTests {
  private let ethernet: [UInt8] = [2, 0, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 1]
  /// From 10.7.0.50 port 40000 to 192.168.1.15 port 80, sequence 0x01020304.
  private let ipv4: [UInt8] = [
    0x45, 0, 0, 40, 0, 0, 0x40, 0, 63, 6, 0, 0, 10, 7, 0, 50, 192, 168, 1, 15,
    0x9C, 0x40, 0, 80, 1, 2, 3, 4, 0, 0, 0, 0, 0x50, 2, 0xFF, 0xFF, 0, 0, 0, 0,
  ]

  private func sighting(_ bytes: [UInt8]) -> SYNSighting? {
    unsafe SYNSighting(frame: bytes.span.bytes)
  }

  @Test func `a SYN in IPv4`() throws {
    let syn = try #require(sighting(ethernet + [8, 0] + ipv4))
    #expect(syn.hardware.description == "02:00:00:00:00:21" && syn.tunnelEnd == nil)
    #expect(syn.client == .init(try #require(IPAddress("10.7.0.50")), port: 40_000))
    #expect(syn.destination == .init(try #require(IPAddress("192.168.1.15")), port: 80))
    #expect(syn.sequence == 0x0102_0304)
  }

  @Test func `a SYN in IPv6`() throws {
    let source = try #require(IPAddress("2001:db8::50"))
    let destination = try #require(IPAddress("2001:db8::15"))
    let header: [UInt8] = [0x60, 0, 0, 0, 0, 20, 6, 63] + source.bytes + destination.bytes
    let syn = try #require(sighting(ethernet + [0x86, 0xDD] + header + ipv4[20...]))
    #expect(syn.client.address == source && syn.destination.address == destination && syn.destination.port == 80)
  }

  @Test func `in a tunnel`() throws {
    func outer(_ number: UInt8) -> [UInt8] {
      [0x45, 0, 0, 60, 0, 0, 0x40, 0, 64, number, 0, 0, 192, 168, 1, 1, 192, 168, 1, 21]
    }
    let end = try #require(IPAddress("192.168.1.21"))
    let bodies: [[UInt8]] = [
      outer(4) + ipv4, outer(47) + [0, 0, 8, 0] + ipv4, outer(47) + [0x80, 0, 8, 0, 1, 2, 0, 0] + ipv4,
      outer(17) + [0x17, 0xC0, 0x17, 0xC0, 0, 52, 0, 0, 0, 4, 0, 0] + ipv4,
    ]
    for body in bodies {
      let syn = try #require(sighting(ethernet + [8, 0] + body))
      #expect(syn.tunnelEnd == end && syn.destination.port == 80 && syn.client.port == 40_000)
    }
  }

  @Test func `what is no SYN, or not whole, is nothing`() {
    for flags: UInt8 in [0x10, 0x12, 0x04, 0x01, 0x18] {
      var packet = ipv4
      packet[33] = flags
      #expect(sighting(ethernet + [8, 0] + packet) == nil)
    }
    let whole = ethernet + [8, 0] + ipv4
    for count in 0..<48 { #expect(sighting(Array(whole.prefix(count))) == nil) }
    #expect(sighting(ethernet + [8, 6] + [UInt8](repeating: 0, count: 46)) == nil)
  }
}
