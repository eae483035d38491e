import Netlink
import Testing

@Suite struct RequestTests {
  private func request(_ transport: ScriptedTransport) throws(NetlinkError) -> [[UInt8]] {
    try request(NetlinkConnection(transport))
  }

  private func request(_ connection: NetlinkConnection) throws(NetlinkError) -> [[UInt8]] {
    var replies: [[UInt8]] = []
    try connection.request("try it") { builder in
      builder.message(type: 16) { $0.genericHeader(command: 3) }
    } reply: { _, payload in
      replies.append(payload.byteArray())
    }
    return replies
  }

  @Test func asksForAReplyAndItsAcknowledgement() throws {
    let transport = ScriptedTransport { sent in
      [
        .datagram(reply(16, to: sent[0]) { $0.append(UInt32(5)) }),
        .datagram(acknowledgement(sent[0])),
      ]
    }
    #expect(try request(transport) == [[5, 0, 0, 0]])
    let header = headers(in: transport.sent[0])[0]
    #expect(header.flags == [.request, .acknowledge])
    #expect(header.port == 7)
    #expect(header.sequence != 0)
  }

  @Test func replyAndAcknowledgementMayShareADatagram() throws {
    let transport = ScriptedTransport { sent in
      [.datagram(reply(16, to: sent[0]) { $0.append(UInt32(5)) } + acknowledgement(sent[0]))]
    }
    #expect(try request(transport) == [[5, 0, 0, 0]])
  }

  @Test func aRefusalCarriesTheRawErrnoAndTheKernelsWords() {
    let transport = ScriptedTransport { [.datagram(acknowledgement($0[0], errno: 3, words: "no such thing"))] }
    do throws(NetlinkError) {
      _ = try request(transport)
      Issue.record("not refused")
    } catch {
      #expect(error == NetlinkError(.kernel(3), "try it", detail: "no such thing"))
      #expect(error.errno == 3)
      #expect(error.description == "cannot try it: No such process (ESRCH, errno 3) [no such thing]")
    }
  }

  @Test func theKernelsWordsAreFoundBehindTheWholeRequestToo() {
    let transport = ScriptedTransport { sent in
      [
        .datagram(
          reply(MessageType.error, to: sent[0], flags: .extended) {
            $0.append(Int32(-22))
            // The request again: 16 bytes of header, 4 of body.
            $0.append(sent[0].length)
            for _ in 0..<4 { $0.append(UInt32(0)) }
            $0.attribute(2, UInt32(4))
            $0.attribute(1, "bad attribute")
          })
      ]
    }
    do throws(NetlinkError) {
      _ = try request(transport)
      Issue.record("not refused")
    } catch {
      #expect(error == NetlinkError(.kernel(22), "try it", detail: "bad attribute"))
    }
  }

  @Test func anotherSequenceNumberIsNotTakenForTheReply() {
    let transport = ScriptedTransport { sent in
      [.datagram(acknowledgement(sent[0]).replacing(8..<12, with: littleEndian(sent[0].sequence &- 1)))]
    }
    #expect(code { () throws(NetlinkError) in _ = try request(transport) } == .timedOut)
  }

  @Test func anotherPortIsNotTakenForTheReply() {
    let transport = ScriptedTransport { sent in
      [.datagram(acknowledgement(sent[0]).replacing(12..<16, with: littleEndian(8)))]
    }
    #expect(code { () throws(NetlinkError) in _ = try request(transport) } == .timedOut)
  }

  @Test func whatBelongsToOthersIsSkipped() throws {
    let transport = ScriptedTransport { sent in
      [
        .datagram(reply(16, to: sent[0], sequence: 0) { $0.append(UInt32(1)) }),
        .datagram(reply(16, to: sent[0], port: 99) { $0.append(UInt32(2)) }),
        .datagram([]),
        .datagram(reply(16, to: sent[0]) { $0.append(UInt32(3)) } + acknowledgement(sent[0])),
      ]
    }
    #expect(try request(transport) == [[3, 0, 0, 0]])
  }

  @Test func silenceIsATimeout() {
    #expect(code { () throws(NetlinkError) in _ = try request(ScriptedTransport()) } == .timedOut)
  }

  @Test func anOverrunMessageMeansLostReplies() {
    let transport = ScriptedTransport { [.datagram(reply(MessageType.overrun, to: $0[0]))] }
    #expect(code { () throws(NetlinkError) in _ = try request(transport) } == .repliesLost)
  }

  @Test func theNextRequestIsNotMisledByWhatALostOneLeftBehind() throws {
    let transport = ScriptedTransport(
      { sent in
        [.failure(.repliesLost), .datagram(reply(16, to: sent[0]) { $0.append(UInt32(1)) })]
      },
      { sent in [.datagram(reply(16, to: sent[0]) { $0.append(UInt32(2)) } + acknowledgement(sent[0]))] })
    let connection = NetlinkConnection(transport)
    #expect(code { () throws(NetlinkError) in _ = try request(connection) } == .repliesLost)
    #expect(try request(connection) == [[2, 0, 0, 0]])
  }

  @Test func aSocketThatFailsIsReported() {
    let transport = ScriptedTransport { _ in [.failure(.system(9))] }
    #expect(code { () throws(NetlinkError) in _ = try request(transport) } == .system(9))
  }

  @Test(
    arguments: [
      [0, 0, 0, 0], [20, 0, 0, 0, 2, 0, 0, 0], [UInt8](repeating: 0, count: 16), [UInt8](repeating: 0xFF, count: 40),
    ] as [[UInt8]])
  func aMalformedDatagramIsAnError(bytes: [UInt8]) {
    let transport = ScriptedTransport { _ in [.datagram(bytes)] }
    #expect(code { () throws(NetlinkError) in _ = try request(transport) } == .malformedReply)
  }

  @Test func anAcknowledgementWithoutErrnoIsMalformed() {
    let transport = ScriptedTransport { [.datagram(reply(MessageType.error, to: $0[0]))] }
    #expect(code { () throws(NetlinkError) in _ = try request(transport) } == .malformedReply)
  }
}

extension [UInt8] {
  func replacing(_ range: Range<Int>, with bytes: [UInt8]) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(range, with: bytes)
    return copy
  }
}
