import LoadBalancing

/// The check `ftp`: the greeting (RFC 959, port 21), AUTH TLS (RFC 4217; TLS from the start on port 990) and a login where
/// asked.
struct FTPDialogue: Dialogue {
  private enum State { case greeting, startTLS, user, password }

  private let check: LoginCheck
  private var state = State.greeting
  private var reader = NumberedReply.Reader()
  private var greeting = ""

  init(_ check: LoginCheck) { self.check = check }

  var awaited: String {
    switch state {
    case .greeting: "FTP greeting"
    case .startTLS: "answer to AUTH TLS"
    case .user: "answer to USER"
    case .password: "answer to PASS"
    }
  }

  func open() -> DialogueStep { .needMore }

  mutating func proceed(_ buffer: inout ReplyBuffer) -> DialogueStep {
    switch reader.next(from: &buffer) {
    case .incomplete: return .needMore
    case .malformed(let text): return .failed("no FTP: \(text)")
    case .reply(let reply): return answer(reply)
    }
  }

  mutating func encrypted() -> DialogueStep { logIn() }

  private mutating func logIn() -> DialogueStep {
    guard let credentials = check.credentials else { return passed }
    state = .user
    return .sendLine("USER \(credentials.user)")
  }

  private mutating func answer(_ reply: NumberedReply) -> DialogueStep {
    switch (state, reply.code) {
    case (.greeting, 220):
      greeting = reply.text
      guard check.tls == .starttls else { return logIn() }
      state = .startTLS
      return .sendLine("AUTH TLS")
    case (.startTLS, 234): return .startTLS
    case (.user, 331):
      state = .password
      return .sendLine("PASS \(check.credentials?.password.exposed ?? "")")
    case (.user, 230), (.password, 230), (.password, 202): return passed
    default: return .failed("expected an \(awaited) that agrees, got \(reply.text)")
    }
  }

  private var passed: DialogueStep { .passed("FTP \(greeting)", farewellLine: "QUIT") }
}
