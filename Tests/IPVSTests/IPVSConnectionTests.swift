import LoadBalancing
import Testing

@testable import IPVS

/// Lines as `ip_vs_conn_seq_show` writes them.
@Suite struct IPVSConnectionTests {
  private func read(_ line: String) -> IPVSConnection? { IPVSConnection(line: Array(line.utf8)[...]) }

  @Test func ipv4() throws {
    let entry = try #require(read("TCP C0A80132 9C3E C0A80164 0050 C0A8016E 1F90 ESTABLISHED     899"))
    #expect("\(entry.client) \(entry.virtual) \(entry.destination)" == "192.168.1.50 192.168.1.100 192.168.1.110")
    #expect((entry.clientPort, entry.virtualPort, entry.destinationPort) == (40_000 - 2, 80, 8080))
    #expect((entry.protocolNumber, entry.state, entry.expiresIn) == (6, "ESTABLISHED", 899))
    #expect(!entry.isTemplate && entry.mark == nil)
  }

  @Test func ipv6WithMoreBehindIt() throws {
    let entry = try #require(
      read(
        "UDP 2001:0db8:0000:0000:0000:0000:0000:0005 9C40 2001:0db8:0000:0000:0000:0000:0000:0001 0035 "
          + "2001:0db8:0000:0000:0000:0000:0000:0009 0035 UDP             299 sip 5A3B"))
    #expect("\(entry.client) \(entry.destination) \(entry.state)" == "2001:db8::5 2001:db8::9 UDP")
  }

  @Test func anIPv4ServerBehindAnIPv6Address() throws {
    let entry = try #require(
      read(
        "TCP 2001:0db8:0000:0000:0000:0000:0000:0005 9C40 2001:0db8:0000:0000:0000:0000:0000:0001 0035 "
          + "0A000002 0035 SYN_RECV         58"))
    #expect(entry.destination == IPAddress("10.0.0.2"))
  }

  @Test func templates() throws {
    let ordinary = try #require(read("TCP C0A80132 0000 C0A80164 0050 C0A8016E 0050 NONE            299"))
    #expect(ordinary.isTemplate && ordinary.mark == nil)
    let marked = try #require(read("IP  C0A80132 0000 4C420001 0000 C0A8016E 0000 ASSURED         299"))
    #expect(marked.isTemplate && marked.mark == 0x4C42_0001)
    let inet6 = try #require(
      read(
        "IP  2001:0db8:0000:0000:0000:0000:0000:0000 0000 4c42:0002:0000:0000:0000:0000:0000:0000 0000 "
          + "2001:0db8:0000:0000:0000:0000:0000:0009 0000 ASSURED         299"))
    #expect(inet6.mark == 0x4C42_0002)
  }

  @Test(arguments: [
    "", "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData", "TCP C0A80132 9C3E",
    "TCP C0A8013 9C3E C0A80164 0050 C0A8016E 0050 ESTABLISHED 899",
    "TCP C0A80132 9C3EF C0A80164 0050 C0A8016E 0050 ESTABLISHED 899",
    "XYZ C0A80132 9C3E C0A80164 0050 C0A8016E 0050 ESTABLISHED 899",
  ])
  func whatIsNoConnection(line: String) { #expect(read(line) == nil) }
}
