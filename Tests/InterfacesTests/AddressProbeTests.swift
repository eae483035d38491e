import LoadBalancing
import Testing

@testable import Interfaces

struct AddressProbeTests {
  private let ipv4 = IPAddress(family: .inet, value: 0x0A0A_5AC7)
  private let ipv6 = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 5)
  private let own: HardwareAddress
  private let other: HardwareAddress

  init() throws {
    own = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 1]))
    other = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 2]))
  }

  @Test func `an answer claims the address`() {
    let reply = ARPPacket(.reply, senderHardware: other, sender: ipv4, targetHardware: own, target: ipv4)
    #expect(AddressProbe.claim(in: reply.frame(to: own)) == .init(address: ipv4, hardware: other))
    let advertisement = NeighbourMessage.announcement(of: ipv6, at: other)
    #expect(AddressProbe.claim(in: advertisement.frame(from: own)) == .init(address: ipv6, hardware: other))
  }

  @Test func `an advertisement without an option claims for the frame's sender`() {
    var advertisement = NeighbourMessage.announcement(of: ipv6, at: other)
    advertisement.hardware = nil
    #expect(AddressProbe.claim(in: advertisement.frame(from: other)) == .init(address: ipv6, hardware: other))
  }

  @Test func `a question claims nothing`() {
    let solicitation = AddressProbe.frame(asking: ipv6, from: other)
    #expect(AddressProbe.claim(in: solicitation) == nil)
    let probe = AddressProbe.frame(asking: ipv4, from: other)
    #expect(AddressProbe.claim(in: probe)?.address.isUnspecified == true)
    #expect(AddressProbe.claim(in: []) == nil)
  }

  @Test func `an address is announced in each of the usual forms`() {
    #expect(
      AddressAnnouncer.frames(for: ipv4, at: own).compactMap { ARPPacket(frame: $0)?.operation } == [.request, .reply])
    #expect(AddressAnnouncer.frames(for: ipv6, at: own).compactMap { NeighbourMessage(frame: $0)?.target } == [ipv6])
  }

  @Test func `a link without neighbours is neither told nor asked`() throws {
    let loopback = NetworkLink(index: 1, name: "lo", isLoopback: true, isEthernet: false)
    try AddressAnnouncer.announce([ipv4], on: loopback)
    #expect(try AddressProbe.claims(of: [ipv4], on: loopback, until: .now).isEmpty)
  }

  @Test func `an interface that is not there is an error with libpcap's words`() {
    let link = NetworkLink(index: 99, name: "nosuchlink0", hardwareAddress: own)
    let error = #expect(throws: PacketSocketError.self) { try AddressAnnouncer.announce([ipv4], on: link) }
    #expect(error?.description.hasPrefix("cannot open nosuchlink0: ") == true)
  }
}
