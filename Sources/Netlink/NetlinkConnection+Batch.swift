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
    let port = transport.portID
    var sequences = SequenceRun()
    var last = 0
    for index in 0..<max(count, 0) {
      let start = builder.byteCount
      encode(index, &builder)
      guard !builder.hasOverflowed else { throw NetlinkError(.messageTooLarge, operation) }
      if sequences.count == limits.messagesMax || sequences.count > 0 && builder.byteCount > limits.bytesMax {
        let next = builder.detach(from: start)
        failures += try sendBatch(&builder, sequences, acknowledging: last, before: index, operation)
        builder.restart(with: next)
        sequences = SequenceRun()
      }
      last = sequences.count == 0 ? 0 : start
      number(&builder, at: last, port, &sequences)
    }
    if sequences.count > 0 {
      failures += try sendBatch(&builder, sequences, acknowledging: last, before: count, operation)
    }
    return failures
  }

  /// - Parameters:
  ///   - last: Where the last message begins.
  ///   - index: Of the message behind the last.
  private func sendBatch(
    _ builder: inout MessageBuilder, _ sequences: SequenceRun, acknowledging last: Int, before index: Int,
    _ operation: String
  ) throws(NetlinkError) -> [BatchFailure] {
    builder.addFlags(.acknowledge, at: last)
    var failures: [BatchFailure] = []
    try exchange(builder.bytes, operation) { header, payload throws(NetlinkError) in
      guard let place = sequences.place(of: header.sequence) else { return .foreign }
      guard header.type == MessageType.error else { return .more }
      let answer = try Acknowledgement(header: header, payload: payload)
      if answer.errno != 0 {
        failures.append(
          BatchFailure(index: index - sequences.count + place, errno: answer.errno, detail: answer.detail))
      }
      // The kernel works through a datagram in order, so this is the last answer to it.
      return place == sequences.count - 1 ? .last : .more
    }
    return failures
  }

  /// Gives the message at this place the next number of a run, and makes it a request.
  func number(_ builder: inout MessageBuilder, at offset: Int, _ port: UInt32, _ sequences: inout SequenceRun) {
    let sequence = takeSequence()
    sequences.append(sequence)
    builder.stamp(at: offset, sequence: sequence, port: port)
    builder.addFlags(.request, at: offset)
  }
}

/// Consecutive sequence numbers, which step over 0.
struct SequenceRun {
  private(set) var count = 0
  private var first: UInt32 = 0

  mutating func append(_ sequence: UInt32) {
    if count == 0 { first = sequence }
    count += 1
  }

  /// The place of a number in the run; nil when it is not in it.
  func place(of sequence: UInt32) -> Int? {
    guard sequence != 0 else { return nil }
    let distance = Int(sequence &- first) - (sequence < first ? 1 : 0)
    return distance < count ? distance : nil
  }
}
