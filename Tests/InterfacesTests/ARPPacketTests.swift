import LoadBalancing
import Testing

@testable import Interfaces

struct ARPPacketTests {
  private let address = IPAddress(family: .inet, value: 0x0A0A_5AC7)
  private let hardware: HardwareAddress

  init() throws { hardware = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 0x55])) }

  @Test func `a gratuitous request says where the address is`() {
    #expect(
      ARPPacket.announcement(of: address, at: hardware, as: .request).frame() == [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0, 0x55, 0x08, 0x06,  // to all, from us, ARP
        0, 1, 0x08, 0, 6, 4, 0, 1,  // Ethernet, IPv4, lengths, request
        2, 0, 0, 0, 0, 0x55, 10, 10, 90, 199,  // sender
        0, 0, 0, 0, 0, 0, 10, 10, 90, 199,  // target
      ])
  }

  @Test func `a gratuitous reply names the same hardware twice`() {
    #expect(
      ARPPacket.announcement(of: address, at: hardware, as: .reply).frame().dropFirst(14) == [
        0, 1, 0x08, 0, 6, 4, 0, 2,  // … reply
        2, 0, 0, 0, 0, 0x55, 10, 10, 90, 199,  // sender
        2, 0, 0, 0, 0, 0x55, 10, 10, 90, 199,  // target
      ])
  }

  @Test func `a probe names no sender's address`() {
    let frame = ARPPacket.probe(for: address, from: hardware).frame()
    #expect(frame[28..<32] == [0, 0, 0, 0])
    #expect(frame[38..<42] == [10, 10, 90, 199])
  }

  @Test func `what is written reads back, padded too`() {
    let packet = ARPPacket(
      .reply, senderHardware: hardware, sender: address, targetHardware: .broadcast,
      target: IPAddress(family: .inet, value: 1))
    #expect(ARPPacket(frame: packet.frame(to: hardware)) == packet)
    #expect(ARPPacket(frame: packet.frame() + [UInt8](repeating: 0, count: 18)) == packet)
  }

  @Test func `what is no ARP for IPv4 over Ethernet is not read`() {
    let frame = ARPPacket.probe(for: address, from: hardware).frame()
    for length in 0..<frame.count { #expect(ARPPacket(frame: Array(frame.prefix(length))) == nil) }
    for place in [12, 15, 16, 18, 19, 21] {
      var other = frame
      other[place] ^= 0x40
      #expect(ARPPacket(frame: other) == nil)
    }
  }

  @Test func `a hardware address is six bytes`() {
    #expect("\(hardware)" == "02:00:00:00:00:55")
    #expect(hardware.bytes == [2, 0, 0, 0, 0, 0x55])
    #expect(HardwareAddress(bytes: [1, 2, 3]) == nil)
  }
}
