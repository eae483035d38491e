extension NetlinkConnection {
  /// Sends one message and reads its replies until the kernel acknowledges.
  ///
  /// - Parameters:
  ///   - operation: What is being done, for the error: "read the IPVS timeouts".
  ///   - encode: Appends one message; the flags `request` and `acknowledge` are added.
  ///   - reply: Called with each reply, the bytes after the netlink header. None when the kernel only acknowledges.
  /// - Throws: ``NetlinkError/Code/kernel(_:)`` when refused, ``NetlinkError/Code/timedOut``,
  ///   ``NetlinkError/Code/repliesLost``, ``NetlinkError/Code/malformedReply``, or what `reply` throws.
  public func request(
    _ operation: String, encode: (inout MessageBuilder) -> Void,
    reply: (MessageHeader, RawSpan) throws(NetlinkError) -> Void = { _, _ in }
  ) throws(NetlinkError) {
    var builder = MessageBuilder()
    encode(&builder)
    let sequence = takeSequence()
    let bytes = try stamp(&builder, [.request, .acknowledge], sequence, operation)
    try exchange(bytes, operation) { header, payload throws(NetlinkError) in
      guard header.sequence == sequence else { return .foreign }
      return try judge(header, payload, operation, reply)
    }
  }

  /// Lists: sends one message with `NLM_F_DUMP` and reads until the kernel says that it is done.
  ///
  /// - Parameters:
  ///   - operation: What is being done, for the error: "read the IPVS services".
  ///   - encode: Appends one message; the flags `request` and `dump` are added.
  ///   - each: Called with each entry, the bytes after the netlink header.
  /// - Throws: As ``request(_:encode:reply:)``; ``NetlinkError/Code/dumpInterrupted`` after the last entry when
  ///   the kernel says that the list changed meanwhile.
  public func dump(
    _ operation: String, encode: (inout MessageBuilder) -> Void,
    each: (MessageHeader, RawSpan) throws(NetlinkError) -> Void
  ) throws(NetlinkError) {
    var builder = MessageBuilder()
    encode(&builder)
    let sequence = takeSequence()
    let bytes = try stamp(&builder, [.request, .dump], sequence, operation)
    var isInterrupted = false
    try exchange(bytes, operation) { header, payload throws(NetlinkError) in
      guard header.sequence == sequence else { return .foreign }
      if header.flags.contains(.dumpInterrupted) { isInterrupted = true }
      return try judge(header, payload, operation, each)
    }
    if isInterrupted { throw NetlinkError(.dumpInterrupted, operation) }
  }

  /// What a reply means: the end, good or bad, or one more that is handed on.
  private func judge(
    _ header: MessageHeader, _ payload: RawSpan, _ operation: String,
    _ body: (MessageHeader, RawSpan) throws(NetlinkError) -> Void
  ) throws(NetlinkError) -> ReplyVerdict {
    switch header.type {
    case MessageType.noOperation: return .more
    case MessageType.error, MessageType.done:
      let answer =
        header.type == MessageType.error
        ? try Acknowledgement(header: header, payload: payload)
        : try Acknowledgement(done: header, payload: payload)
      guard answer.errno == 0 else { throw NetlinkError(.kernel(answer.errno), operation, detail: answer.detail) }
      return .last
    default:
      try body(header, payload)
      return .more
    }
  }

  /// Adds flags and numbers to the one message in the builder.
  private func stamp(
    _ builder: inout MessageBuilder, _ flags: MessageFlags, _ sequence: UInt32, _ operation: String
  ) throws(NetlinkError) -> [UInt8] {
    guard !builder.hasOverflowed else { throw NetlinkError(.messageTooLarge, operation) }
    builder.addFlags(flags, at: 0)
    builder.stamp(at: 0, sequence: sequence, port: transport.portID)
    return builder.bytes
  }
}
