import Interfaces
import LoadBalancing
import Testing

@testable import ClientWatch

@Suite struct RepeatedSYNsTests {
  private let server = IPAddress(family: .inet, value: 0xC0A8_0115)
  private let other = IPAddress(family: .inet, value: 0xC0A8_0116)
  private let virtual = IPAddress(family: .inet, value: 0xC0A8_010F)

  /// A client's SYN; a number for each connection.
  private func syn(_ connection: Int, sequence: UInt32 = 1) -> ClientSegment {
    let client = IPAddress(family: .inet, value: 0x0A00_0000 + UInt128(connection))
    return ClientSegment(
      to: .zero, from: .init(client, port: 40_000), to: .init(virtual, port: 80), sequence: sequence, isSYN: true)
  }

  @Test func `five SYNs that come again are a reason to look`() {
    let clients = Watch()
    for connection in 0..<5 { #expect(!clients.note(syn(connection), to: server, at: .milliseconds(connection))) }
    for connection in 0..<4 {
      #expect(!clients.note(syn(connection), to: server, at: .milliseconds(1000 + connection)))
    }
    #expect(clients.note(syn(4), to: server, at: .milliseconds(1004)))
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
    #expect(clients.repeated.knownCount <= 2 * 131_072 && suspicions > 0)
  }
}

/// Changes in place, so that an expectation can ask it.
private final class Watch {
  var repeated = RepeatedSYNs()

  func note(_ syn: ClientSegment, to server: IPAddress, at now: Duration) -> Bool {
    repeated.note(syn, to: server, at: now)
  }
}
