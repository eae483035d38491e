/// A dialogue with the bounds that hold for all of them; without input or output.
struct Conversation: Sendable {
  private(set) var dialogue: any Dialogue
  private var reply = ReplyBuffer()
  private var sendsLeft = 64
  private var bytesLeft = 1 << 20

  init(_ dialogue: any Dialogue) { self.dialogue = dialogue }

  mutating func open() -> DialogueStep { dialogue.open() }

  /// The step after the handshake that a step asked for.
  mutating func encrypted() -> DialogueStep { dialogue.encrypted() }

  /// Takes what a stream brought and gives the next step.
  mutating func received(_ bytes: [UInt8]) -> DialogueStep {
    bytesLeft -= bytes.count
    guard bytesLeft >= 0 else { return .failed("the server sends more and more, over a megabyte") }
    reply.append(bytes)
    return next()
  }

  /// Takes a datagram, which is a whole reply or none at all.
  mutating func receivedDatagram(_ bytes: [UInt8]) -> DialogueStep {
    bytesLeft -= bytes.count
    guard bytesLeft >= 0 else { return .failed("the server sends more and more, over a megabyte") }
    reply.replace(by: bytes)
    return next()
  }

  /// The step after one that is done, with what has come already.
  mutating func next() -> DialogueStep {
    let step = dialogue.proceed(&reply)
    let bytesMax = type(of: dialogue).replyBytesMax
    switch step {
    case .needMore where reply.count >= bytesMax:
      return .failed("\(dialogue.awaited) is longer than \(bytesMax) bytes")
    case .send:
      sendsLeft -= 1
      return sendsLeft >= 0 ? step : .failed("no end of \(dialogue.awaited)")
    case .startTLS where !reply.isEmpty:
      // What comes before the handshake was not encrypted and may be anybody's (CVE-2011-0411).
      return .failed("the server sent more before TLS began")
    case .needMore, .startTLS, .passed, .failed: return step
    }
  }

  mutating func ended() -> DialogueStep {
    switch dialogue.ended(&reply) {
    case .needMore, .send, .startTLS: .failed("the server closed the connection instead of sending \(dialogue.awaited)")
    case let last: last
    }
  }
}
