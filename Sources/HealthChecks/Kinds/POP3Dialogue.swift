import LoadBalancing

/// The check `pop3`: the greeting (RFC 1939, port 110), STLS (RFC 2595; TLS from the start on port 995) and a login where
/// asked.
struct POP3Dialogue: Dialogue {
  private enum State { case greeting, startTLS, user, password }

  private let check: LoginCheck
  private var state = State.greeting
  private var greeting = ""

  init(_ check: LoginCheck) { self.check = check }

  var awaited: String {
    switch state {
    case .greeting: "POP3 greeting"
    case .startTLS: "answer to STLS"
    case .user: "answer to USER"
    case .password: "answer to PASS"
    }
  }

  func open() -> DialogueStep { .needMore }

  mutating func proceed(_ buffer: inout ReplyBuffer) -> DialogueStep {
    guard let line = buffer.line() else { return .needMore }
    guard line.starts(with: Array("+OK".utf8)) else {
      return .failed("expected +OK as \(awaited), got \(Presentable.quote(line))")
    }
    switch state {
    case .greeting:
      greeting = Presentable.quote(line)
      guard check.tls == .starttls else { return logIn() }
      state = .startTLS
      return .sendLine("STLS")
    case .startTLS: return .startTLS
    case .user:
      state = .password
      return .sendLine("PASS \(check.credentials?.password.exposed ?? "")")
    case .password: return passed
    }
  }

  mutating func encrypted() -> DialogueStep { logIn() }

  private mutating func logIn() -> DialogueStep {
    guard let credentials = check.credentials else { return passed }
    state = .user
    return .sendLine("USER \(credentials.user)")
  }

  private var passed: DialogueStep { .passed("POP3 \(greeting)", farewellLine: "QUIT") }
}
