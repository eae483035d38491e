import LoadBalancing
import Testing

@testable import Interfaces

struct NeighbourMessageTests {
  /// 2001:db8::ab:cdef
  private let address = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 0xAB_CDEF)
  private let hardware: HardwareAddress

  init() throws { hardware = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 0x55])) }

  @Test func `an unsolicited advertisement overrides what all nodes know`() {
    #expect(
      NeighbourMessage.announcement(of: address, at: hardware).frame(from: hardware) == [
        0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0x55, 0x86, 0xDD,  // to all nodes, from us, IPv6
        0x60, 0, 0, 0, 0, 32, 58, 255,  // version, payload length, ICMPv6, hop limit
        0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xAB, 0xCD, 0xEF,  // source
        0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,  // destination
        136, 0, 0x5B, 0xA3, 0x20, 0, 0, 0,  // advertisement, code, checksum, override
        0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xAB, 0xCD, 0xEF,  // target
        2, 1, 2, 0, 0, 0, 0, 0x55,  // target link-layer address
      ])
  }

  @Test func `a probe goes to the group of the address, from nobody`() {
    let frame = NeighbourMessage.probe(for: address).frame(from: hardware)
    #expect(frame.count == 78)
    #expect(frame[0..<6] == [0x33, 0x33, 0xFF, 0xAB, 0xCD, 0xEF])
    #expect(frame[22..<38].allSatisfy { $0 == 0 })
    #expect(frame[38..<54] == [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0xAB, 0xCD, 0xEF])
    #expect(frame[54] == 135)
  }

  @Test func `what is written reads back`() {
    for message in [
      NeighbourMessage.announcement(of: address, at: hardware), .probe(for: address),
      NeighbourMessage(
        .advertisement([.solicited, .override, .router]), source: address, destination: address, target: address),
      NeighbourMessage(
        .solicitation, source: address, destination: address, target: address, hardware: hardware),
    ] {
      #expect(NeighbourMessage(frame: message.frame(from: hardware, to: hardware)) == message)
    }
  }

  @Test func `a frame cut short, forwarded by a router or damaged is not read`() {
    let frame = NeighbourMessage.announcement(of: address, at: hardware).frame(from: hardware)
    for length in 0..<frame.count { #expect(NeighbourMessage(frame: Array(frame.prefix(length))) == nil) }
    var forwarded = frame
    forwarded[21] = 254
    #expect(NeighbourMessage(frame: forwarded) == nil)
    for place in 54..<frame.count {
      var damaged = frame
      damaged[place] ^= 1
      #expect(NeighbourMessage(frame: damaged) == nil)
    }
  }

  @Test func `an option without a length ends the reading`() {
    var message = NeighbourMessage.announcement(of: address, at: hardware)
    message.hardware = nil
    var frame = message.frame(from: hardware)
    // The length of the payload, and an option of length 0 that leaves the checksum as it is.
    frame[19] += 8
    frame += [UInt8](repeating: 0, count: 8)
    let checksum = UInt16(frame[56]) << 8 | UInt16(frame[57])
    frame[56] = UInt8((checksum - 8) >> 8)
    frame[57] = UInt8((checksum - 8) & 0xFF)
    #expect(NeighbourMessage(frame: frame) == message)
  }

  @Test func `the checksum is that of RFC 1071`() {
    #expect(InternetChecksum.of([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]) == ~0xDDF2)
    #expect(InternetChecksum.of([0x01]) == ~0x0100)
    #expect(InternetChecksum.of([]) == 0xFFFF)
  }
}
