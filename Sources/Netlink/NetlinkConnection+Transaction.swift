import CLibNL

extension NetlinkConnection {
  /// Sends messages to a netfilter subsystem as one transaction: all are applied, or none.
  ///
  /// All go in one datagram between `NFNL_MSG_BATCH_BEGIN` and `NFNL_MSG_BATCH_END`
  /// (`net/netfilter/nfnetlink.c`, `nfnetlink_rcv_batch`); the last one before the end asks to be acknowledged.
  /// - Parameters:
  ///   - operation: What is being done, for the error: "mark packets".
  ///   - subsystem: `NFNL_SUBSYS_NFTABLES`, …
  ///   - generation: Refused with ERESTART when the subsystem has been changed since this generation; nil: not checked.
  ///   - echoingGeneration: Asks for the notifications of the first message and of the new generation; they go to
  ///     `reply`. The kernel looks at the first message behind the begin for that (`nf_tables_gen_notify`).
  ///   - count: The number of messages.
  ///   - encode: Appends exactly the message with this index; the flag `request` is added. Called once for each, in order.
  ///   - reply: Called with each message that is no acknowledgement, the bytes after the netlink header.
  /// - Returns: What the kernel refused, in order; when that is empty all was applied, otherwise nothing.
  /// - Throws: ``NetlinkError/Code/kernel(_:)`` when the transaction as a whole was refused (nothing was applied);
  ///   otherwise as ``batch(_:count:limits:encode:)``.
  public func transaction(
    _ operation: String, subsystem: UInt16, generation: UInt32? = nil, echoingGeneration: Bool = false, count: Int,
    encode: (_ index: Int, _ builder: inout MessageBuilder) -> Void,
    reply: (MessageHeader, RawSpan) throws(NetlinkError) -> Void = { _, _ in }
  ) throws(NetlinkError) -> [BatchFailure] {
    guard count > 0 else { return [] }
    var builder = MessageBuilder(reservingCapacity: 4096)
    let port = transport.portID
    var sequences = SequenceRun()
    builder.message(type: UInt16(NFNL_MSG_BATCH_BEGIN)) {
      $0.netfilterHeader(resource: subsystem)
      if let generation { $0.attribute(UInt16(NFNL_BATCH_GENID.rawValue), generation.bigEndian) }
    }
    number(&builder, at: 0, port, &sequences)
    for index in 0..<count {
      let start = builder.byteCount
      encode(index, &builder)
      number(&builder, at: start, port, &sequences)
      if index == 0, echoingGeneration { builder.addFlags(.echo, at: start) }
      if index == count - 1 { builder.addFlags(.acknowledge, at: start) }
    }
    let end = builder.byteCount
    builder.message(type: UInt16(NFNL_MSG_BATCH_END)) { $0.netfilterHeader(resource: subsystem) }
    number(&builder, at: end, port, &sequences)
    guard !builder.hasOverflowed else { throw NetlinkError(.messageTooLarge, operation) }

    var failures: [BatchFailure] = []
    try exchange(builder.bytes, operation) { header, payload throws(NetlinkError) in
      guard let place = sequences.place(of: header.sequence) else { return .foreign }
      guard header.type == MessageType.error else {
        try reply(header, payload)
        return .more
      }
      let answer = try Acknowledgement(header: header, payload: payload)
      if place == 0 || place > count {
        guard answer.errno != 0 else { return .more }
        throw NetlinkError(.kernel(answer.errno), operation, detail: answer.detail)
      }
      if answer.errno != 0 {
        failures.append(BatchFailure(index: place - 1, errno: answer.errno, detail: answer.detail))
      }
      return place == count ? .last : .more
    }
    return failures
  }
}
