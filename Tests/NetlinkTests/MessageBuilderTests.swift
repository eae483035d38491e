import Netlink
import Testing

@Suite struct MessageBuilderTests {
  @Test func aMessageIsHeaderThenAttributes() {
    var builder = MessageBuilder()
    builder.message(type: 0x21, flags: [.request, .acknowledge]) {
      $0.genericHeader(command: 5, version: 1)
      $0.attribute(3, UInt32(0x0102_0304))
      $0.attribute(4, UInt16(80).bigEndian)
      $0.attribute(5, UInt8(2))
      $0.attribute(6, "rr")
      $0.flag(7)
    }
    #expect(
      builder.bytes == [
        0x38, 0, 0, 0,  // nlmsg_len 56
        0x21, 0, 0x05, 0,  // nlmsg_type 0x21, nlmsg_flags REQUEST | ACK
        0, 0, 0, 0, 0, 0, 0, 0,  // nlmsg_seq, nlmsg_pid: for the connection to fill in
        5, 1, 0, 0,  // cmd 5, version 1, reserved
        8, 0, 3, 0, 4, 3, 2, 1,  // u32 in host order
        6, 0, 4, 0, 0, 80, 0, 0,  // be16 and padding
        5, 0, 5, 0, 2, 0, 0, 0,  // u8 and padding
        7, 0, 6, 0, 0x72, 0x72, 0, 0,  // "rr", its zero byte, padding
        4, 0, 7, 0,  // no value
      ])
  }

  @Test func aNestHoldsAttributes() {
    var builder = MessageBuilder()
    builder.nested(1) {
      $0.attribute(2, bytes: [1, 2, 3, 4, 5])
      $0.attribute(3, UInt64(1))
    }
    #expect(
      builder.bytes == [
        28, 0, 0x01, 0x80,  // 4 + 12 + 12, type 1 | NLA_F_NESTED
        9, 0, 2, 0, 1, 2, 3, 4, 5, 0, 0, 0,
        12, 0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0,
      ])
  }

  @Test func aNegativeNumberKeepsToItsBytes() {
    var builder = MessageBuilder()
    builder.attribute(4, Int32(-2))
    builder.attribute(5, Int16(-1))
    #expect(builder.bytes == [8, 0, 4, 0, 0xFE, 0xFF, 0xFF, 0xFF, 6, 0, 5, 0, 0xFF, 0xFF, 0, 0])
  }

  @Test(arguments: [0, 1, 15, 16, 100]) func roomIsMadeWhereThereIsTooLittle(capacity: Int) {
    func write(_ builder: inout MessageBuilder) {
      for number in UInt32(1)...200 {
        builder.message(type: 16) { message in
          message.attribute(1, number)
          message.nested(2) { $0.attribute(3, UInt128(number)) }
          message.attribute(4, "number \(number)")
        }
      }
    }
    var roomy = MessageBuilder(reservingCapacity: 1 << 16)
    var narrow = MessageBuilder(reservingCapacity: capacity)
    write(&roomy)
    write(&narrow)
    #expect(narrow.bytes == roomy.bytes)
    #expect(narrow.byteCount > 10_000)
  }

  @Test func theNetfilterHeaderHasItsResourceInNetworkOrder() {
    var builder = MessageBuilder()
    builder.netfilterHeader(family: 1, resource: 10)
    #expect(builder.bytes == [1, 0, 0, 10])
  }

  @Test(arguments: [(65_531, false), (65_532, true)])
  func whatTheLengthFieldCannotSayIsAnOverflow(valueBytes: Int, overflows: Bool) {
    var builder = MessageBuilder()
    builder.attribute(1, bytes: [UInt8](repeating: 0, count: valueBytes))
    #expect(builder.hasOverflowed == overflows)
  }

  @Test func anOverflownMessageIsNotSent() {
    let transport = ScriptedTransport()
    let connection = NetlinkConnection(transport)
    let failure = code { () throws(NetlinkError) in
      try connection.request("try") { builder in
        builder.message(type: 16) { $0.attribute(1, bytes: [UInt8](repeating: 0, count: 70_000)) }
      }
    }
    #expect(failure == .messageTooLarge)
    #expect(transport.sent.isEmpty)
  }
}
