/// Exchanges with the kernel over one netlink socket, one at a time: each reply's sequence number and port are checked,
/// each wait has an end.
///
/// Not sendable: one socket belongs to one thread. The closures must not use the connection they are called from.
public final class NetlinkConnection {
  /// A listing longer than this is taken for one that never ends.
  public static let messagesMax = 10_000_000
  /// Datagrams of other exchanges that are skipped in a row.
  public static let staleDatagramsMax = 100_000

  public let transport: any NetlinkTransport
  /// How long the kernel may stay silent.
  public let timeLimit: Duration

  private var sequence: UInt32
  private var buffer: [UInt8]
  /// Whether an exchange was given up and its replies may still come.
  private var mayHoldStaleReplies = false

  /// - Parameters:
  ///   - timeLimit: How long the kernel may stay silent.
  ///   - datagramBytesMax: The largest datagram that is taken. The kernel makes datagrams of up to 32 KiB for who offers
  ///     the room, and clears all of it even for a short listing (`netlink_dump` in `net/netlink/af_netlink.c`).
  public init(
    _ transport: any NetlinkTransport, timeLimit: Duration = .seconds(5), datagramBytesMax: Int = 128 << 10
  ) {
    self.transport = transport
    self.timeLimit = timeLimit
    buffer = [UInt8](repeating: 0, count: datagramBytesMax)
    sequence = UInt32.random(in: 1...UInt32.max)
  }

  /// The number for the next request; never 0, which notifications carry.
  func takeSequence() -> UInt32 {
    sequence = sequence == .max ? 1 : sequence + 1
    return sequence
  }

  /// Reads away what an exchange that was given up left behind; this also ends a listing that was begun.
  func drainStaleReplies() throws(NetlinkError) {
    guard mayHoldStaleReplies else { return }
    for _ in 0..<NetlinkConnection.staleDatagramsMax {
      do throws(NetlinkError) {
        _ = try transport.receive(into: &buffer, deadline: .now)
      } catch {
        switch error.code {
        case .timedOut:
          mayHoldStaleReplies = false
          return
        case .repliesLost, .malformedReply: continue
        default: throw error
        }
      }
    }
    throw NetlinkError(.malformedReply, "drain the netlink socket", detail: "it never falls silent")
  }

  /// Sends and reads replies until `body` returns true.
  ///
  /// - Parameters:
  ///   - bytes: The datagram.
  ///   - operation: What is being done, for the error.
  ///   - body: Called with each message that is addressed to this socket, in order; what it does not
  ///     recognise by its sequence number belongs to something else.
  /// - Throws: What the transport or `body` throws, naming the operation.
  func exchange(
    _ bytes: [UInt8], _ operation: String,
    _ body: (MessageHeader, RawSpan) throws(NetlinkError) -> ReplyVerdict
  ) throws(NetlinkError) {
    do throws(NetlinkError) {
      try drainStaleReplies()
      try transport.send(bytes)
      // Until the last reply is in: an error thrown on the way leaves the rest behind.
      mayHoldStaleReplies = true
      if try receiveReplies(body) { mayHoldStaleReplies = false }
    } catch {
      throw error.during(operation)
    }
  }

  /// Takes the buffer for as long as what it holds is read.
  private func takeBuffer() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  private func receiveReplies(
    _ body: (MessageHeader, RawSpan) throws(NetlinkError) -> ReplyVerdict
  ) throws(NetlinkError) -> Bool {
    var deadline = ContinuousClock.now + timeLimit
    var staleDatagrams = 0
    var messages = 0
    let port = transport.portID
    var buffer = takeBuffer()
    defer { self.buffer = buffer }
    while true {
      let length = try transport.receive(into: &buffer, deadline: deadline)
      var verdict = ReplyVerdict.foreign
      let datagram = unsafe buffer.span.bytes.extracting(0..<length)
      try datagram.forEachMessage { header, payload throws(NetlinkError) in
        guard header.port == port else { return true }
        let new = try header.type == MessageType.overrun ? .lost : body(header, payload)
        if new != .foreign {
          verdict = new
          messages += 1
        }
        return new == .more || new == .foreign
      }
      switch verdict {
      case .last: return true
      case .lost: throw NetlinkError(.repliesLost, "")
      case .more:
        guard messages <= NetlinkConnection.messagesMax else { throw .malformed("a listing that never ends") }
        deadline = ContinuousClock.now + timeLimit
        staleDatagrams = 0
      case .foreign:
        // Neither a stream of other messages nor a peer that sends nothing useful may hold the caller for ever.
        staleDatagrams += 1
        guard staleDatagrams < NetlinkConnection.staleDatagramsMax, ContinuousClock.now < deadline else {
          throw NetlinkError(.timedOut, "")
        }
      }
    }
  }

  /// Calls `body` with each message that has come by itself, until the socket is empty or after 1,000 datagrams.
  ///
  /// - Returns: Whether the socket is empty.
  /// - Throws: ``NetlinkError/Code/repliesLost`` when notifications were lost: look at the whole again.
  public func notifications(
    _ body: (MessageHeader, RawSpan) throws(NetlinkError) -> Void
  ) throws(NetlinkError) -> Bool {
    var buffer = takeBuffer()
    defer { self.buffer = buffer }
    for _ in 0..<1_000 {
      do throws(NetlinkError) {
        let length = try transport.receive(into: &buffer, deadline: .now)
        let datagram = unsafe buffer.span.bytes.extracting(0..<length)
        try datagram.forEachMessage { header, payload throws(NetlinkError) in
          try body(header, payload)
          return true
        }
      } catch {
        if error.code == .timedOut { return true }
        throw error.during("receive notifications")
      }
    }
    return false
  }

  /// Takes the messages that have come by themselves, without waiting.
  ///
  /// - Returns: Whether one of them counts; true too when some were lost.
  /// - Throws: ``NetlinkError/Code/system(_:)``, or what `counts` throws.
  public func takeNotifications(
    where counts: (MessageHeader, RawSpan) throws(NetlinkError) -> Bool = { _, _ in true }
  ) throws(NetlinkError) -> Bool {
    var isAnyThere = false
    do throws(NetlinkError) {
      _ = try notifications { header, payload throws(NetlinkError) in
        if try counts(header, payload) { isAnyThere = true }
      }
    } catch {
      guard error.code == .repliesLost else { throw error }
      return true
    }
    return isAnyThere
  }
}

/// What a message means for the exchange that waits for it.
enum ReplyVerdict {
  /// It belongs to something else.
  case foreign
  case more
  case last
  /// It says that replies were lost.
  case lost
}
