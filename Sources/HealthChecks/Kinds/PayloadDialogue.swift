import LoadBalancing

/// The checks `tcp` and `udp`: bytes sent as they are (RFC 9293, RFC 768), a reply compared.
struct PayloadDialogue: Dialogue {
  static let replyBytesMax = 65_536

  private let payload: [UInt8]
  private let matcher: Matcher?
  private let isDatagram: Bool

  init(_ check: PayloadCheck, isDatagram: Bool) {
    payload = check.send
    matcher = check.expectation.map(Matcher.init)
    self.isDatagram = isDatagram
  }

  var awaited: String { matcher.map { "reply with \($0.description)" } ?? "reply" }

  func open() -> DialogueStep {
    if !isDatagram, payload.isEmpty { return matcher == nil ? .passed("connected") : .needMore }
    return .send(payload)
  }

  func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard let matcher else {
      if isDatagram { return .passed("reply of \(reply.count) bytes") }
      return .passed("connected, \(payload.count) bytes sent")
    }
    let bytes = Array(reply.unread)
    if matcher.matches(bytes) { return .passed("reply with \(matcher.description)") }
    if isDatagram { return .failed("expected \(matcher.description), got \(Presentable.quote(bytes))") }
    guard bytes.count >= Self.replyBytesMax else { return .needMore }
    return .failed("no \(matcher.description) in the first \(Self.replyBytesMax) bytes")
  }

  func ended(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard let matcher else { return .passed("connected") }
    return .failed("expected \(matcher.description), got \(Presentable.quote(reply.unread)) and the connection's end")
  }

  /// ICMP errors come at once; routers send no more than one a second (icmp(7), icmp_ratelimit).
  var patience: Duration? { isDatagram && matcher == nil ? .seconds(1) : nil }
  func stayedSilent() -> DialogueStep { .passed("no error") }
}
