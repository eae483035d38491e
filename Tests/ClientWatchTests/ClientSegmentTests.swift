import Interfaces
import LoadBalancing
import Testing

@testable import ClientWatch

@Suite struct ClientSegmentTests {
  private let ethernet: [UInt8] = [2, 0, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 1]
  /// From 10.7.0.50 port 40000 to 192.168.1.15 port 80, sequence 0x01020304.
  private let ipv4: [UInt8] = [
    0x45, 0, 0, 40, 0, 0, 0x40, 0, 63, 6, 0, 0, 10, 7, 0, 50, 192, 168, 1, 15,
    0x9C, 0x40, 0, 80, 1, 2, 3, 4, 0, 0, 0, 0, 0x50, 2, 0xFF, 0xFF, 0, 0, 0, 0,
  ]

  private func sighting(_ bytes: [UInt8]) -> ClientSegment? {
    unsafe ClientSegment(frame: bytes.span.bytes)
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

  @Test func `what follows a SYN`() {
    for (flags, isSYN) in [(0x02, true), (0xC2, true), (0x10, false), (0x18, false), (0x11, false), (0x04, false)] {
      var packet = ipv4
      packet[33] = UInt8(flags)
      #expect(sighting(ethernet + [8, 0] + packet)?.isSYN == isSYN)
    }
  }

  @Test func `what clients do not send, or not whole, is nothing`() {
    for flags: UInt8 in [0x12, 0x06, 0x01, 0x08, 0] {
      var packet = ipv4
      packet[33] = flags
      #expect(sighting(ethernet + [8, 0] + packet) == nil)
    }
    let whole = ethernet + [8, 0] + ipv4
    for count in 0..<48 { #expect(sighting(Array(whole.prefix(count))) == nil) }
    #expect(sighting(ethernet + [8, 6] + [UInt8](repeating: 0, count: 46)) == nil)
  }
}
