import Netlink
import Testing

@Suite struct BatchTests {
  /// A kernel that refuses the messages whose first number is in `refused`, and acknowledges where it is asked to.
  private func kernel(refusing refused: [UInt32: Int32] = [:], sends: Int = 10) -> ScriptedTransport {
    let transport = ScriptedTransport()
    var seen: UInt32 = 0
    transport.answers = Array(
      repeating: { sent in
        sent.flatMap { header -> [ScriptedTransport.Answer] in
          defer { seen += 1 }
          if let errno = refused[seen] { return [.datagram(acknowledgement(header, errno: errno))] }
          return header.flags.contains(.acknowledge) ? [.datagram(acknowledgement(header))] : []
        }
      }, count: sends)
    return transport
  }

  private func batch(
    _ transport: ScriptedTransport, count: Int, payloadBytes: Int = 4, limits: BatchLimits = BatchLimits()
  ) throws(NetlinkError) -> [BatchFailure] {
    try NetlinkConnection(transport).batch("change it", count: count, limits: limits) { index, builder in
      builder.message(type: 30) {
        $0.append(UInt32(index))
        for _ in 4..<payloadBytes { $0.append(UInt8(0)) }
      }
    }
  }

  @Test(arguments: [
    (0, []), (1, [1]), (255, [255]), (256, [256]), (257, [256, 1]), (512, [256, 256]), (513, [256, 256, 1]),
  ])
  func atMost256MessagesAreInFlight(count: Int, expected: [Int]) throws {
    let transport = kernel()
    #expect(try batch(transport, count: count).isEmpty)
    #expect(transport.sent.map { headers(in: $0).count } == expected)
  }

  @Test func onlyTheLastOfEachDatagramAsksToBeAcknowledged() throws {
    let transport = kernel()
    #expect(try batch(transport, count: 300).isEmpty)
    for datagram in transport.sent {
      let flags = headers(in: datagram).map(\.flags)
      #expect(flags.last == [.request, .acknowledge])
      #expect(flags.dropLast().allSatisfy { $0 == .request })
    }
    let sequences = transport.sent.flatMap { headers(in: $0).map(\.sequence) }
    #expect(Set(sequences).count == 300)
  }

  @Test(arguments: [(1024, [1, 1, 1]), (1040, [2, 1]), (1559, [2, 1]), (1560, [3])])
  func aDatagramStaysBelowItsSize(bytesMax: Int, expected: [Int]) throws {
    let transport = kernel()
    // 520 bytes each: 16 of header, 504 of payload
    #expect(
      try batch(transport, count: 3, payloadBytes: 504, limits: BatchLimits(messagesMax: 256, bytesMax: bytesMax))
        .isEmpty)
    #expect(transport.sent.map { headers(in: $0).count } == expected)
  }

  @Test func theUsualSizeIs32KiB() throws {
    let transport = kernel()
    #expect(try batch(transport, count: 256, payloadBytes: 240).isEmpty)
    #expect(transport.sent.map(\.count) == [32_768, 32_768])
  }

  @Test func aMessageAboveTheLimitGoesAlone() throws {
    let transport = kernel()
    let limits = BatchLimits(messagesMax: 256, bytesMax: 100)
    #expect(try batch(transport, count: 3, payloadBytes: 504, limits: limits).isEmpty)
    #expect(transport.sent.map { headers(in: $0).count } == [1, 1, 1])
  }

  @Test func everyRefusedMessageIsNamed() throws {
    let refused: [UInt32: Int32] = [0: 17, 5: 3, 255: 2, 256: 34, 299: 1]
    let failures = try batch(kernel(refusing: refused), count: 300)
    #expect(failures.map(\.index) == [0, 5, 255, 256, 299])
    #expect(failures.map(\.errno) == [17, 3, 2, 34, 1])
  }

  @Test func aLostAcknowledgementIsATimeoutAndTheRestIsNotSent() {
    let transport = ScriptedTransport { sent in [.datagram(acknowledgement(sent[3], errno: 17))] }
    #expect(code { () throws(NetlinkError) in _ = try batch(transport, count: 300) } == .timedOut)
    #expect(transport.sent.count == 1)
  }

  @Test func lostRepliesAreReported() {
    let transport = ScriptedTransport { sent in
      [.datagram(acknowledgement(sent[3], errno: 17)), .failure(.repliesLost)]
    }
    #expect(code { () throws(NetlinkError) in _ = try batch(transport, count: 10) } == .repliesLost)
  }

  @Test func repliesOfAnOlderBatchAreNotTakenForThisOnes() throws {
    var older: [MessageHeader] = []
    let transport = ScriptedTransport(
      { sent in
        older = sent
        return []
      },
      { sent in
        older.map { .datagram(acknowledgement($0, errno: 17)) } + [.datagram(acknowledgement(sent[sent.count - 1]))]
      })
    let connection = NetlinkConnection(transport)
    func change() throws(NetlinkError) -> [BatchFailure] {
      try connection.batch("change it", count: 5) { _, builder in builder.message(type: 30) }
    }
    #expect(code { () throws(NetlinkError) in _ = try change() } == .timedOut)
    #expect(try change().isEmpty)
  }
}

extension MessageBuilder {
  fileprivate mutating func message(type: UInt16) {
    message(type: type) { $0.genericHeader(command: 1) }
  }
}
