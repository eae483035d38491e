public import Netlink

/// A kernel behind the netlink seam: it answers generic netlink's controller and IPVS from a table of its own, and
/// misbehaves where the script says so.
///
/// Time does not pass: where nothing is left to receive, the wait is over at once.
public final class FakeKernel: NetlinkTransport {
  public var portID: UInt32 = 0x0001_1F90
  /// What IPVS holds.
  public var table = FakeKernelIPVS()
  /// Whether generic netlink knows the family `IPVS`.
  public var hasIPVS = true
  /// The number of the family `IPVS`.
  public var familyID: UInt16 = 0x21
  /// What goes wrong with the answers to the next datagrams, one entry each; afterwards all goes right.
  public var script: [FakeKernelMischief] = []
  /// Every datagram sent, as it was.
  public private(set) var sent: [[UInt8]] = []

  private var queue: [QueuedDatagram] = []

  public init() {}

  /// The commands of all messages sent to IPVS, in order.
  public var commands: [UInt8] {
    sent.flatMap { datagram in
      FakeKernel.messages(in: datagram).filter { $0.header.type == familyID }.map { $0.payload[0] }
    }
  }

  public func send(_ bytes: [UInt8]) throws(NetlinkError) {
    sent.append(bytes)
    let mischief = script.isEmpty ? FakeKernelMischief() : script.removeFirst()
    if let errno = mischief.sendingFails { throw NetlinkError(.system(errno), "send to the fake kernel") }
    if mischief.losesRequests { return }
    var replies: [FakeKernelReply] = []
    for message in FakeKernel.messages(in: bytes) {
      replies += answer(message.header, message.payload, refusing: mischief.refusals)
    }
    queue += mischief.datagrams(of: replies, port: portID)
  }

  public func receive(
    into buffer: inout [UInt8], deadline: ContinuousClock.Instant
  ) throws(NetlinkError) -> Int {
    guard !queue.isEmpty else { throw NetlinkError(.timedOut, "receive from the fake kernel") }
    switch queue.removeFirst() {
    case .overflow:
      throw NetlinkError(.repliesLost, "receive from the fake kernel")
    case .bytes(let bytes, _):
      guard bytes.count <= buffer.count else {
        throw NetlinkError(.malformedReply, "receive from the fake kernel", detail: "a datagram too large")
      }
      buffer.replaceSubrange(0..<bytes.count, with: bytes)
      return bytes.count
    }
  }

  /// The messages of a datagram that the code under test wrote, each after its length.
  public static func messages(in datagram: [UInt8]) -> [(header: MessageHeader, payload: [UInt8])] {
    var messages: [(header: MessageHeader, payload: [UInt8])] = []
    do {
      let bytes = unsafe datagram.span.bytes
      try bytes.forEachMessage { header, payload throws(NetlinkError) in
        messages.append((header, payload.byteArray()))
        return true
      }
    } catch {
      fatalError("the code under test sent a malformed datagram: \(error)")
    }
    return messages
  }

  private func answer(
    _ header: MessageHeader, _ payload: [UInt8], refusing refusals: [UInt8: Int32]
  ) -> [FakeKernelReply] {
    let isDump = header.flags.contains(.dump)
    let result: Result<[FakeKernelReply.Entry], FakeKernelErrno>
    if isDump, queue.contains(where: \.endsDump) {
      result = .failure(.busy)
    } else if let errno = payload.first.flatMap({ refusals[$0] }) {
      result = .failure(FakeKernelErrno(errno))
    } else if header.type == 0x10 {
      result = resolveFamily(payload)
    } else if header.type == familyID, hasIPVS {
      result = table.answer(type: familyID, isDump: isDump, payload)
    } else {
      result = .failure(.notFound)
    }
    return FakeKernelReply.replies(to: header, result)
  }

  /// `CTRL_CMD_GETFAMILY`: one `CTRL_CMD_NEWFAMILY` with number (1), name (2) and version (3).
  private func resolveFamily(_ payload: [UInt8]) -> Result<[FakeKernelReply.Entry], FakeKernelErrno> {
    let attributes = FakeKernelAttributes(payload, from: 4)
    guard hasIPVS, attributes.string(2) == "IPVS" else { return .failure(.notFound) }
    return .success([
      FakeKernelReply.Entry(type: 0x10) {
        $0.genericHeader(command: 1, version: 2)
        $0.attribute(2, "IPVS")
        $0.attribute(1, self.familyID)
        $0.attribute(3, UInt32(1))
      }
    ])
  }
}

/// A datagram on its way to the socket.
enum QueuedDatagram {
  case bytes([UInt8], endsDump: Bool)
  /// Replies are lost here.
  case overflow

  var endsDump: Bool {
    if case .bytes(_, endsDump: true) = self { return true }
    return false
  }
}
