@testable import HealthChecks

/// A whole dialogue without sockets.
struct DialogueRun {
  /// What the check sent.
  private(set) var sent: [[UInt8]] = []
  /// How it ended; the last step that is not an end when the replies were too few.
  private(set) var last = DialogueStep.needMore

  /// - Parameters:
  ///   - dialogue: the check's side.
  ///   - replies: what the server says, a chunk or a datagram each.
  ///   - closes: whether the connection ends after them.
  ///   - isDatagram: whether each is a whole reply.
  init(_ dialogue: any Dialogue, _ replies: [[UInt8]], closes: Bool = false, isDatagram: Bool = false) {
    self.run(dialogue, replies, closes, isDatagram)
  }

  private mutating func run(
    _ dialogue: any Dialogue, _ replies: [[UInt8]], _ closes: Bool, _ isDatagram: Bool
  ) {
    var conversation = Conversation(dialogue)
    last = conversation.open()
    var replies = replies[...]
    while true {
      switch last {
      case .needMore:
        guard let reply = replies.popFirst() else {
          if closes { last = conversation.ended() }
          return
        }
        last = isDatagram ? conversation.receivedDatagram(reply) : conversation.received(reply)
      case .send(let bytes):
        sent.append(bytes)
        last = isDatagram ? .needMore : conversation.next()
      case .startTLS: last = conversation.encrypted()
      case .passed, .failed: return
      }
    }
  }

  var passed: String? { if case .passed(let message, _) = last { message } else { nil } }
  var failed: String? { if case .failed(let message) = last { message } else { nil } }
}

extension [UInt8] {
  init(_ text: String) { self = Array(text.utf8) }
  /// Each byte by itself.
  var single: [[UInt8]] { map { [$0] } }
}
