import Netlink
import Testing

@Suite struct DumpTests {
  private func dump(_ transport: ScriptedTransport) throws(NetlinkError) -> [UInt32] {
    try dump(NetlinkConnection(transport))
  }

  private func dump(_ connection: NetlinkConnection) throws(NetlinkError) -> [UInt32] {
    var entries: [UInt32] = []
    try connection.dump("list it") { builder in
      builder.message(type: 30) { $0.genericHeader(command: 4) }
    } each: { _, payload throws(NetlinkError) in
      entries.append(try payload.integer())
    }
    return entries
  }

  private func entry(_ number: UInt32, _ request: MessageHeader, flags: MessageFlags = []) -> [UInt8] {
    reply(30, to: request, flags: flags.union(.multipart)) { $0.append(number) }
  }

  @Test func readsUntilTheKernelIsDone() throws {
    let transport = ScriptedTransport { sent in
      [
        .datagram(entry(1, sent[0]) + entry(2, sent[0])), .datagram(entry(3, sent[0])),
        .datagram(done(sent[0])),
      ]
    }
    #expect(try dump(transport) == [1, 2, 3])
    #expect(headers(in: transport.sent[0])[0].flags == [.request, .dump])
  }

  @Test func anEmptyListIsDoneAtOnce() throws {
    #expect(try dump(ScriptedTransport { [.datagram(done($0[0]))] }) == [])
  }

  @Test func aRefusalComesAsAnError() {
    let transport = ScriptedTransport { [.datagram(acknowledgement($0[0], errno: 16))] }
    #expect(code { () throws(NetlinkError) in _ = try dump(transport) } == .kernel(16))
  }

  @Test func aFailureOnTheWayComesWithTheEnd() {
    let transport = ScriptedTransport { sent in
      [.datagram(entry(1, sent[0])), .datagram(done(sent[0], errno: 12))]
    }
    #expect(code { () throws(NetlinkError) in _ = try dump(transport) } == .kernel(12))
  }

  @Test func aListThatNeverEndsTimesOut() {
    let transport = ScriptedTransport { sent in [.datagram(entry(1, sent[0]))] }
    #expect(code { () throws(NetlinkError) in _ = try dump(transport) } == .timedOut)
  }

  @Test(arguments: [true, false])
  func anInterruptedListIsReportedAfterItsEnd(onEntry: Bool) throws {
    let transport = ScriptedTransport(
      { sent in
        [
          .datagram(entry(1, sent[0], flags: onEntry ? .dumpInterrupted : [])),
          .datagram(done(sent[0], flags: onEntry ? [] : .dumpInterrupted)),
        ]
      },
      { sent in [.datagram(entry(2, sent[0])), .datagram(done(sent[0]))] })
    let connection = NetlinkConnection(transport)
    #expect(code { () throws(NetlinkError) in _ = try dump(connection) } == .dumpInterrupted)
    #expect(try dump(connection) == [2])
  }

  @Test func anErrorOfTheReaderLeavesTheSocketUsable() throws {
    let transport = ScriptedTransport(
      { sent in
        [.datagram(reply(30, to: sent[0])), .datagram(entry(1, sent[0])), .datagram(done(sent[0]))]
      },
      { sent in [.datagram(entry(2, sent[0])), .datagram(done(sent[0]))] })
    let connection = NetlinkConnection(transport)
    #expect(code { () throws(NetlinkError) in _ = try dump(connection) } == .malformedReply)
    #expect(try dump(connection) == [2])
  }

  @Test func notificationsAreReadUntilNoneIsLeft() throws {
    let transport = ScriptedTransport { _ in
      let stranger = MessageHeader(length: 0, type: 0, flags: [], sequence: 0, port: 0)
      return [
        .datagram(entry(1, stranger) + entry(2, stranger)), .datagram(entry(3, stranger)), .failure(.repliesLost),
        .datagram(entry(4, stranger)),
      ]
    }
    let connection = NetlinkConnection(transport)
    try transport.send([])
    var seen: [UInt32] = []
    let failure = code { () throws(NetlinkError) in
      _ = try connection.notifications { _, payload throws(NetlinkError) in seen.append(try payload.integer()) }
    }
    #expect(failure == .repliesLost)
    #expect(seen == [1, 2, 3])
    #expect(try connection.notifications { _, payload throws(NetlinkError) in seen.append(try payload.integer()) })
    #expect(seen == [1, 2, 3, 4])
  }
}
