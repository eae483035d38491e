import LoadBalancing
import Testing

@testable import Interfaces

struct SYNProbeTests {
  private let own: HardwareAddress
  private let other: HardwareAddress
  private let here = IPAddress(family: .inet, value: 0xC0A8_0101)
  private let virtual = IPAddress(family: .inet, value: 0xC0A8_0164)

  init() throws {
    own = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 1]))
    other = try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 2]))
  }

  private var probe: SYNProbe { SYNProbe(from: here, to: virtual, port: 80, at: other) }

  private func answer(_ flags: TCPSegment.Flags, from source: IPAddress? = nil, to port: UInt16 = 20_000) -> [UInt8] {
    var segment = TCPSegment(
      flags, from: .init(address: source ?? virtual, port: 80), to: .init(address: here, port: port), sequence: 5)
    segment.acknowledged = 77
    return EthernetFrame(to: own, from: other, kind: EthernetFrame.Kind.ipv4, payload: segment.packet).bytes
  }

  /// Byte for byte, as RFC 791 and RFC 9293 draw it.
  @Test func `a SYN in IPv4`() throws {
    let run = SYNProbeRun([probe], firstPort: 20_000, own: own)
    let frame = try #require(run.unanswered.first)
    #expect(Array(frame[0..<14]) == [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0])
    #expect(
      Array(frame[14..<34]) == [
        0x45, 0, 0, 44, 0, 0, 0x40, 0, 64, 6, 0xB7, 0x16, 192, 168, 1, 1, 192, 168, 1, 100,
      ])
    #expect(Array(frame[34..<38]) == [0x4E, 0x20, 0, 80])
    // Sequence 1000000, data offset 6, SYN, an MSS of 1220.
    #expect(Array(frame[38..<48]) == [0, 0x0F, 0x42, 0x40, 0, 0, 0, 0, 0x60, 2])
    #expect(Array(frame[54..<58]) == [2, 4, 4, 0xC4])
    #expect(
      InternetChecksum.ofUpperLayer(Array(frame[34...]), protocolNumber: 6, from: here, to: virtual) == 0)
  }

  @Test func `a SYN as large as is wanted, its tunnel included`() throws {
    let server = IPAddress(family: .inet, value: 0xAC10_0015)
    var large = SYNProbe(from: here, to: virtual, port: 80, at: other, packetBytes: 1400)
    let plain = SYNProbeRun([large], firstPort: 20_000, own: own)
    #expect(plain.unanswered.first?.count == 14 + 1400 && plain.endings.first?.count == 14 + 40)
    large.tunnel = TunnelWrapping(Tunnel(kind: .gue, port: 6080), from: here, to: server)
    let wrapped = try #require(SYNProbeRun([large], firstPort: 20_000, own: own).unanswered.first)
    #expect(wrapped.count == 14 + 1400 && Array(wrapped[16..<18]) == [0x05, 0x78])
    // IP, UDP and GUE outside.
    #expect(large.tunnel?.overheadBytes == 32)
  }

  @Test func `a SYN-ACK is an answer and is ended with a RST`() throws {
    var run = SYNProbeRun([probe], firstPort: 20_000, own: own)
    let reset = run.note(answer([.syn, .acknowledgement]))
    let ending = try #require(reset)
    let segment = try #require(TCPSegment(packet: Array(ending[14...])))
    #expect(segment.flags == .reset && segment.sequence == 77 && segment.destination.address == virtual)
    #expect(run.answers[probe] == .accepted(by: other))
    #expect(run.isComplete && run.endings.isEmpty)
  }

  @Test func `a RST is a refusal`() {
    var run = SYNProbeRun([probe], firstPort: 20_000, own: own)
    #expect(run.note(answer([.reset, .acknowledgement])) == nil)
    #expect(run.answers[probe] == .refused(by: other))
  }

  @Test func `what belongs to no probe is no answer, and silence is ended too`() throws {
    var run = SYNProbeRun([probe], firstPort: 20_000, own: own)
    #expect(run.note(answer([.syn, .acknowledgement], to: 20_001)) == nil)
    #expect(run.note(answer([.syn, .acknowledgement], from: here)) == nil)
    #expect(run.note([]) == nil)
    #expect(run.answers[probe] == .silence)
    let ending = try #require(run.endings.first)
    #expect(TCPSegment(packet: Array(ending[14...]))?.flags == .reset)
  }

  @Test func `a tunnel wraps the packet as IPVS does`() throws {
    let server = IPAddress(family: .inet, value: 0xAC10_0015)
    let packet = [UInt8](repeating: 0x45, count: 1)
    let ipip = TunnelWrapping(Tunnel(), from: here, to: server).wrap(packet)
    #expect(ipip.count == 21 && ipip[9] == 4 && Array(ipip[16..<20]) == [172, 16, 0, 21])
    let gre = TunnelWrapping(Tunnel(kind: .gre), from: here, to: server).wrap(packet)
    #expect(gre[9] == 47 && Array(gre[20...]) == [0, 0, 8, 0, 0x45])
    let checked = TunnelWrapping(Tunnel(kind: .gre, checksum: true), from: here, to: server).wrap(packet)
    #expect(Array(checked[20..<24]) == [0x80, 0, 8, 0] && InternetChecksum.of(Array(checked[20...])) == 0)
    let gue = TunnelWrapping(Tunnel(kind: .gue, port: 6080), from: here, to: server).wrap(packet)
    #expect(gue[9] == 17 && Array(gue[22...]) == [0x17, 0xC0, 0, 13, 0, 0, 0, 4, 0, 0, 0x45])
    let inet6 = TunnelWrapping(Tunnel(), from: here, to: server).wrap([0x60])
    #expect(inet6[9] == 41)
  }

  @Test func `IPv6`() throws {
    let ours = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 1)
    let theirs = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 2)
    let run = SYNProbeRun([SYNProbe(from: ours, to: theirs, port: 443, at: other)], firstPort: 20_000, own: own)
    let frame = try #require(run.unanswered.first)
    #expect(Array(frame[12..<22]) == [0x86, 0xDD, 0x60, 0, 0, 0, 0, 24, 6, 64])
    let segment = try #require(TCPSegment(packet: Array(frame[14...])))
    #expect(segment.destination.address == theirs && segment.destination.port == 443 && segment.flags == .syn)
  }

  @Test func `a question as a host would ask it`() throws {
    let arp = try #require(ARPPacket(frame: AddressProbe.frame(of: .init(virtual, asker: here), from: own)))
    #expect(arp.sender == here && arp.target == virtual && arp.operation == .request)
    let asker = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 1)
    let target = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 2)
    let message = try #require(NeighbourMessage(frame: AddressProbe.frame(of: .init(target, asker: asker), from: own)))
    #expect(message.source == asker && message.target == target && message.hardware == own)
  }
}
