import Netlink
import Testing

@testable import PacketMarks

/// Notifications against literal bytes.
struct PacketMarkMonitorTests {
  private static func notification(
    _ type: UInt8, port: UInt8 = 9, family: UInt8 = 1, table: [UInt8] = [0x6C, 0x62, 0x64, 0]
  ) -> [UInt8] {
    [
      UInt8(24 + table.count), 0, 0, 0, type, 0x0A, 0, 0, 0, 0, 0, 0, port, 0, 0, 0,  // length, type, flags, -, port
      family, 0, 0, 5,  // family, version, the generation's lower half
      UInt8(4 + table.count), 0, 1, 0,  // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, …
    ] + table
  }

  private func isToldOf(_ arrivals: Arrivals.Arrival...) throws -> Bool {
    try PacketMarkMonitor(Arrivals(arrivals)).takeChanges(besides: 7)
  }

  @Test(arguments: [2, 5, 8, 9, 12, 14] as [UInt8])
  func `a change of our table by others is told`(type: UInt8) throws {
    #expect(try isToldOf(.datagram(Self.notification(type))))
  }

  @Test func `what is no change of our table by others is not`() throws {
    #expect(try !isToldOf())
    #expect(try !isToldOf(.datagram(Self.notification(2, port: 7))), "our own change")
    #expect(try !isToldOf(.datagram(Self.notification(2, family: 2))), "another family's")
    #expect(try !isToldOf(.datagram(Self.notification(2, table: [0x6C, 0x62, 0x65, 0]))), "another table")
    // NFT_MSG_NEWGEN with NFTA_GEN_ID, which ends each transaction.
    #expect(try !isToldOf(.datagram(Self.notification(15, family: 0, table: [0, 0, 0, 5]))))
    #expect(
      try isToldOf(.datagram(Self.notification(15)), .datagram(Self.notification(12, port: 7) + Self.notification(14))))
  }

  @Test func `lost notifications may have told of anything`() throws {
    #expect(try isToldOf(.lost))
  }
}

/// Datagrams that come by themselves.
private final class Arrivals: NetlinkTransport {
  enum Arrival {
    case datagram([UInt8])
    case lost
  }

  let portID: UInt32 = 1
  private var rest: [Arrival]

  init(_ arrivals: [Arrival]) { rest = arrivals }

  func send(_ bytes: [UInt8]) {}

  func receive(into buffer: inout [UInt8], deadline: ContinuousClock.Instant) throws(NetlinkError) -> Int {
    guard !rest.isEmpty else { throw NetlinkError(.timedOut, "receive") }
    guard case .datagram(let bytes) = rest.removeFirst() else { throw NetlinkError(.repliesLost, "receive") }
    buffer.replaceSubrange(0..<bytes.count, with: bytes)
    return bytes.count
  }
}
