import Netlink

/// A socket whose answers are written out beforehand, as a function of what was sent.
final class ScriptedTransport: NetlinkTransport {
  let portID: UInt32 = 7
  /// For each send the datagrams that answer it; the arguments are the messages' headers.
  var answers: [([MessageHeader]) -> [Answer]] = []
  private(set) var sent: [[UInt8]] = []
  private var queue: [Answer] = []

  enum Answer {
    case datagram([UInt8])
    case failure(NetlinkError.Code)
  }

  init(_ answers: (([MessageHeader]) -> [Answer])...) {
    self.answers = answers
  }

  func send(_ bytes: [UInt8]) throws(NetlinkError) {
    sent.append(bytes)
    guard !answers.isEmpty else { return }
    queue += answers.removeFirst()(headers(in: bytes))
  }

  func receive(
    into buffer: inout [UInt8], deadline: ContinuousClock.Instant
  ) throws(NetlinkError) -> Int {
    guard !queue.isEmpty else { throw NetlinkError(.timedOut, "receive") }
    switch queue.removeFirst() {
    case .failure(let code): throw NetlinkError(code, "receive")
    case .datagram(let bytes):
      buffer.replaceSubrange(0..<bytes.count, with: bytes)
      return bytes.count
    }
  }
}

func headers(in datagram: [UInt8]) -> [MessageHeader] {
  var headers: [MessageHeader] = []
  let bytes = unsafe datagram.span.bytes
  // swift-format-ignore: NeverUseForceTry
  try! bytes.forEachMessage { header, _ in
    headers.append(header)
    return true
  }
  return headers
}

/// The bytes of a message as the kernel would send it.
func reply(
  _ type: UInt16, to request: MessageHeader, flags: MessageFlags = [], port: UInt32? = nil, sequence: UInt32? = nil,
  _ body: (inout MessageBuilder) -> Void = { _ in }
) -> [UInt8] {
  var builder = MessageBuilder()
  builder.message(type: type, flags: flags, body)
  var bytes = builder.bytes
  bytes.replaceSubrange(8..<12, with: littleEndian(sequence ?? request.sequence))
  bytes.replaceSubrange(12..<16, with: littleEndian(port ?? request.port))
  return bytes
}

/// The kernel's answer to one request: 0 or an errno.
func acknowledgement(_ request: MessageHeader, errno: Int32 = 0, words: String? = nil) -> [UInt8] {
  reply(MessageType.error, to: request, flags: words == nil ? .capped : [.capped, .extended]) {
    $0.append(0 - errno)
    $0.append(request.length)
    $0.append(UInt32(request.type))
    $0.append(request.sequence)
    $0.append(request.port)
    if let words { $0.attribute(1, words) }
  }
}

func done(_ request: MessageHeader, flags: MessageFlags = [], errno: Int32 = 0) -> [UInt8] {
  reply(MessageType.done, to: request, flags: flags.union(.multipart)) { $0.append(0 - errno) }
}

func littleEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
}

/// The error code that the body throws; nil when it throws none.
func code(_ body: () throws(NetlinkError) -> Void) -> NetlinkError.Code? {
  do throws(NetlinkError) {
    try body()
    return nil
  } catch {
    return error.code
  }
}
