/// One side of a conversation with a server, pure: bytes in, the next step out.
///
/// Each kind of check that speaks a protocol is one. What servers send is trusted in nothing: every length is checked,
/// and unread bytes are bounded by ``replyBytesMax``.
protocol Dialogue: Sendable {
  /// How many bytes may wait unread; a reply that needs more fails the check.
  static var replyBytesMax: Int { get }

  /// What the next bytes from the server should be, for messages: `no GREETING within 3 s`.
  var awaited: String { get }

  /// The first step, once connected.
  mutating func open() -> DialogueStep

  /// The next step when bytes have come. Called again after each step but ``DialogueStep/needMore``, because a server
  /// may have sent several answers in one.
  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep

  /// The next step once the handshake is done that ``DialogueStep/startTLS`` asked for.
  mutating func encrypted() -> DialogueStep

  /// The last step, when the server has closed the connection.
  mutating func ended(_ reply: inout ReplyBuffer) -> DialogueStep

  /// For how long a datagram's silence is waited for, where silence is an answer too; nil: it never is.
  var patience: Duration? { get }

  /// The last step when ``patience`` has ended without a reply.
  func stayedSilent() -> DialogueStep
}

enum DialogueStep: Hashable, Sendable {
  /// The answer is not complete.
  case needMore
  case send([UInt8])
  /// Everything from here on is encrypted.
  case startTLS
  /// The server is well; it is told goodbye before the connection ends.
  case passed(String, farewell: [UInt8] = [])
  case failed(String)
}

extension DialogueStep {
  static func sendLine(_ text: String) -> DialogueStep { .send(Array((text + "\r\n").utf8)) }
  static func passed(_ message: String, farewellLine: String) -> DialogueStep {
    .passed(message, farewell: Array((farewellLine + "\r\n").utf8))
  }
}

extension Dialogue {
  static var replyBytesMax: Int { 16_384 }

  mutating func encrypted() -> DialogueStep { open() }

  mutating func ended(_ reply: inout ReplyBuffer) -> DialogueStep {
    .failed(
      reply.isEmpty
        ? "the server closed the connection instead of sending \(awaited)"
        : "the server closed the connection within \(awaited)")
  }

  var patience: Duration? { nil }
  func stayedSilent() -> DialogueStep { .failed("no \(awaited)") }
}
