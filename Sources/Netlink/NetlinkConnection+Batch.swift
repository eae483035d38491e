extension NetlinkConnection {
  /// Sends many messages, several in one datagram, and reads what the kernel refused of them.
  ///
  /// Only the last message of a datagram asks to be acknowledged; the others answer when they fail, which does not
  /// stop those behind them. An error thrown leaves open which messages the kernel acted on: read again what it holds.
  /// - Parameters:
  ///   - operation: What is being done, for the error: "change the IPVS table".
  ///   - count: The number of messages.
  ///   - limits: How much is sent before the answers are read. A message above the limit by itself goes alone.
  ///   - encode: Appends exactly the message with this index; the flag `request` is added. Called once for each, in order.
  /// - Returns: The refused messages, in order.
  /// - Throws: ``NetlinkError/Code/timedOut``, ``NetlinkError/Code/repliesLost``,
  ///   ``NetlinkError/Code/malformedReply``, ``NetlinkError/Code/messageTooLarge`` or ``NetlinkError/Code/system(_:)``.
  public func batch(
    _ operation: String, count: Int, limits: BatchLimits = BatchLimits(),
    encode: (_ index: Int, _ builder: inout MessageBuilder) -> Void
  ) throws(NetlinkError) -> [BatchFailure] {
    var failures: [BatchFailure] = []
    var builder = MessageBuilder(reservingCapacity: limits.bytesMax + 1024)
    var offsets: [Int] = []
    var first = 0
    for index in 0..<max(count, 0) {
      let start = builder.byteCount
      encode(index, &builder)
      guard !builder.hasOverflowed else { throw NetlinkError(.messageTooLarge, operation) }
      if !offsets.isEmpty, offsets.count == limits.messagesMax || builder.byteCount > limits.bytesMax {
        let next = builder.detach(from: start)
        try sendBatch(&builder, offsets, first, operation, &failures)
        builder.restart(with: next)
        offsets.removeAll(keepingCapacity: true)
        first = index
      }
      offsets.append(offsets.isEmpty ? 0 : start)
    }
    if !offsets.isEmpty { try sendBatch(&builder, offsets, first, operation, &failures) }
    return failures
  }

  private func sendBatch(
    _ builder: inout MessageBuilder, _ offsets: [Int], _ first: Int, _ operation: String,
    _ failures: inout [BatchFailure]
  ) throws(NetlinkError) {
    let sequences = stamp(&builder, offsets, acknowledging: offsets.count - 1)
    let last = offsets.count - 1
    var found: [BatchFailure] = []
    try exchange(builder.bytes, operation) { header, payload throws(NetlinkError) in
      guard let place = sequences.place(of: header.sequence, count: offsets.count) else { return .foreign }
      guard header.type == MessageType.error else { return .more }
      let answer = try Acknowledgement(header: header, payload: payload)
      if answer.errno != 0 {
        found.append(BatchFailure(index: first + place, errno: answer.errno, detail: answer.detail))
      }
      // The kernel works through a datagram in order, so this is the last answer to it.
      return place == last ? .last : .more
    }
    failures += found
  }

  /// Numbers all messages, and asks for the acknowledgement of one.
  func stamp(_ builder: inout MessageBuilder, _ offsets: [Int], acknowledging acknowledged: Int) -> SequenceRun {
    var run: SequenceRun?
    for (place, offset) in offsets.enumerated() {
      let sequence = takeSequence()
      if run == nil { run = SequenceRun(first: sequence) }
      builder.stamp(at: offset, sequence: sequence, port: transport.portID)
      builder.addFlags(place == acknowledged ? [.request, .acknowledge] : .request, at: offset)
    }
    return run ?? SequenceRun(first: 0)
  }
}

/// Consecutive sequence numbers, which step over 0.
struct SequenceRun {
  let first: UInt32

  /// The place of a number among `count` that begin with the first; nil when it is none of them.
  func place(of sequence: UInt32, count: Int) -> Int? {
    guard sequence != 0 else { return nil }
    let distance = Int(sequence &- first) - (sequence < first ? 1 : 0)
    return distance < count ? distance : nil
  }
}
