import LoadBalancing

/// The check `smtp`: greeting and EHLO (RFC 5321, port 25), STARTTLS (RFC 3207; TLS from the start on port 465, RFC 8314)
/// and AUTH PLAIN (RFC 4954, RFC 4616) where asked.
struct SMTPDialogue: Dialogue {
  private enum State { case greeting, hello, startTLS, authentication }

  private let check: LoginCheck
  private var state = State.greeting
  private var reader = NumberedReply.Reader()
  private var isEncrypted = false
  private var greeting = ""

  init(_ check: LoginCheck) { self.check = check }

  var awaited: String {
    switch state {
    case .greeting: "SMTP greeting"
    case .hello: "answer to EHLO"
    case .startTLS: "answer to STARTTLS"
    case .authentication: "answer to AUTH"
    }
  }

  func open() -> DialogueStep { .needMore }

  mutating func proceed(_ buffer: inout ReplyBuffer) -> DialogueStep {
    switch reader.next(from: &buffer) {
    case .incomplete: return .needMore
    case .malformed(let text): return .failed("no SMTP: \(text)")
    case .reply(let reply): return answer(reply)
    }
  }

  mutating func encrypted() -> DialogueStep {
    isEncrypted = true
    return hello()
  }

  private mutating func hello() -> DialogueStep {
    state = .hello
    // An address literal is a name that every client has, RFC 5321 section 4.1.3.
    return .sendLine("EHLO [127.0.0.1]")
  }

  private mutating func answer(_ reply: NumberedReply) -> DialogueStep {
    switch (state, reply.code) {
    case (.greeting, 220):
      greeting = reply.text
      return hello()
    case (.hello, 250):
      if check.tls == .starttls, !isEncrypted {
        guard offers("STARTTLS", reply) else { return .failed("the server offers no STARTTLS") }
        state = .startTLS
        return .sendLine("STARTTLS")
      }
      guard let credentials = check.credentials else { return passed }
      state = .authentication
      let message = "\0\(credentials.user)\0\(credentials.password.exposed)"
      return .sendLine("AUTH PLAIN \(Base64.encode(Array(message.utf8)))")
    case (.startTLS, 220): return .startTLS
    case (.authentication, 235): return passed
    default: return .failed("expected an \(awaited) that agrees, got \(reply.text)")
    }
  }

  private var passed: DialogueStep { .passed("SMTP \(greeting)", farewellLine: "QUIT") }

  private func offers(_ word: String, _ reply: NumberedReply) -> Bool {
    reply.lines.dropFirst().contains { $0.uppercased() == word }
  }
}
