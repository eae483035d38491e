public import Netlink

/// What goes wrong with the answers to one datagram.
public struct FakeKernelMischief {
  /// Replies are spread over datagrams of at most this many messages.
  public var messagesPerDatagram = Int.max
  /// Commands of generic netlink that are refused, with their errno.
  public var refusals: [UInt8: Int32] = [:]
  /// Acknowledgements that say "done" get lost.
  public var losesAcknowledgements = false
  /// Only this many replies fit the receive buffer.
  public var repliesUntilOverflow: Int?
  /// Added to the sequence number of each reply.
  public var sequenceOffset: UInt32 = 0
  /// Added to the port of each reply.
  public var portOffset: UInt32 = 0
  /// The datagram is lost: nothing is done and nothing answered.
  public var losesRequests = false
  /// All is done and nothing answered.
  public var isSilent = false
  /// The call that sends fails with this errno.
  public var sendingFails: Int32?
  /// Set in each reply.
  public var flags: MessageFlags = []
  /// Datagrams that come before the replies.
  public var strayDatagrams: [[UInt8]] = []
  /// What becomes of each datagram's bytes.
  public var distortion: (([UInt8]) -> [UInt8])?

  public init(_ configure: (inout FakeKernelMischief) -> Void = { _ in }) {
    configure(&self)
  }

  func datagrams(of replies: [FakeKernelReply], port: UInt32) -> [QueuedDatagram] {
    if isSilent { return [] }
    var replies = losesAcknowledgements ? replies.filter { !$0.isAcknowledgement } : replies
    let overflows = repliesUntilOverflow.map { $0 < replies.count } ?? false
    if let repliesUntilOverflow { replies = Array(replies.prefix(repliesUntilOverflow)) }

    var queue = strayDatagrams.map { QueuedDatagram.bytes($0, endsDump: false) }
    var builder = MessageBuilder()
    var count = 0
    func flush(endsDump: Bool = false) {
      if count > 0 { queue.append(.bytes(distortion?(builder.bytes) ?? builder.bytes, endsDump: endsDump)) }
      builder = MessageBuilder()
      count = 0
    }
    for reply in replies {
      // As in the kernel, a datagram fits the smallest room that a reader offers, what answers one request of a batch
      // never shares a datagram with the next, and a dump's end comes by itself.
      if count >= messagesPerDatagram || builder.byteCount > 6_500 || reply.standsAlone { flush() }
      reply.append(
        to: &builder, flags: flags, sequenceOffset: sequenceOffset, port: port &+ portOffset)
      count += 1
      if reply.standsAlone { flush(endsDump: reply.entry.type == MessageType.done) }
    }
    flush()
    return overflows ? queue + [.overflow] : queue
  }
}
