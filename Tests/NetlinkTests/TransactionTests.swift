import Netlink
import Testing

@Suite struct TransactionTests {
  private func commit(
    _ transport: ScriptedTransport, count: Int = 2, generation: UInt32? = nil
  ) throws(NetlinkError) -> [BatchFailure] {
    try NetlinkConnection(transport).transaction(
      "mark packets", subsystem: 10, generation: generation, count: count
    ) { index, builder in
      builder.message(type: 10 << 8 | 12, flags: .create) { $0.netfilterHeader(family: 1, resource: UInt16(index)) }
    }
  }

  @Test func allMessagesGoBetweenBeginAndEndInOneDatagram() throws {
    let transport = ScriptedTransport { [.datagram(acknowledgement($0[2]))] }
    #expect(try commit(transport, generation: 0x0102_0304).isEmpty)
    #expect(transport.sent.count == 1)
    let sequences = headers(in: transport.sent[0]).map { littleEndian($0.sequence) }
    #expect(
      transport.sent[0] == [
        28, 0, 0, 0, 16, 0, 1, 0,  // NFNL_MSG_BATCH_BEGIN, REQUEST
      ] + sequences[0] + [
        7, 0, 0, 0,  // nlmsg_pid
        0, 0, 0, 10,  // AF_UNSPEC, version 0, res_id NFNL_SUBSYS_NFTABLES
        8, 0, 1, 0, 1, 2, 3, 4,  // NFNL_BATCH_GENID in network order
        20, 0, 0, 0, 12, 10, 0x01, 0x04,  // REQUEST | CREATE
      ] + sequences[1] + [
        7, 0, 0, 0,
        1, 0, 0, 0,
        20, 0, 0, 0, 12, 10, 0x05, 0x04,  // the last asks to be acknowledged
      ] + sequences[2] + [
        7, 0, 0, 0,
        1, 0, 0, 1,
        20, 0, 0, 0, 17, 0, 1, 0,  // NFNL_MSG_BATCH_END
      ] + sequences[3] + [
        7, 0, 0, 0,
        0, 0, 0, 10,
      ])
  }

  @Test func theMessagesAtFaultAreNamed() throws {
    // The kernel goes on to the end, and acknowledges what it will not apply.
    let transport = ScriptedTransport { sent in
      [
        .datagram(acknowledgement(sent[1], errno: 17, words: "overlap")),
        .datagram(acknowledgement(sent[3], errno: 2)), .datagram(acknowledgement(sent[4])),
      ]
    }
    #expect(
      try commit(transport, count: 4) == [
        BatchFailure(index: 0, errno: 17, detail: "overlap"), BatchFailure(index: 2, errno: 2),
      ])
  }

  @Test(arguments: [1, 85])
  func aTransactionRefusedAsAWholeThrows(errno: Int32) {
    let transport = ScriptedTransport { [.datagram(acknowledgement($0[0], errno: errno))] }
    #expect(code { () throws(NetlinkError) in _ = try commit(transport) } == .kernel(errno))
  }

  @Test func aLargeTransactionIsStillOneDatagram() throws {
    let transport = ScriptedTransport { [.datagram(acknowledgement($0[5000]))] }
    #expect(try commit(transport, count: 5000).isEmpty)
    #expect(transport.sent.map(\.count) == [5002 * 20])
  }

  @Test func anEmptyTransactionIsNotSent() throws {
    let transport = ScriptedTransport()
    #expect(try commit(transport, count: 0).isEmpty)
    #expect(transport.sent.isEmpty)
  }
}
