import LoadBalancing

/// The check `imap`: the greeting, STARTTLS and LOGIN where asked (RFC 9051; port 143, with TLS from the start 993).
struct IMAPDialogue: Dialogue {
  private enum State { case greeting, startTLS, login }

  private let check: LoginCheck
  private var state = State.greeting
  private var greeting = ""

  init(_ check: LoginCheck) { self.check = check }

  var awaited: String {
    switch state {
    case .greeting: "IMAP greeting"
    case .startTLS: "answer to STARTTLS"
    case .login: "answer to LOGIN"
    }
  }

  func open() -> DialogueStep { .needMore }

  mutating func proceed(_ buffer: inout ReplyBuffer) -> DialogueStep {
    while let line = buffer.line() {
      let words = String(decoding: line.prefix(512), as: UTF8.self).uppercased().split(separator: " ")
      if state == .greeting { return greet(line, words) }
      // Others are untagged: what the server wants to say besides (section 7).
      if words.first == "A1" || words.first == "A2" { return tagged(line, isGood: words.dropFirst().first == "OK") }
      guard words.first == "*" else {
        return .failed("expected an \(awaited), got \(Presentable.quote(line))")
      }
    }
    return .needMore
  }

  private mutating func greet(_ line: [UInt8], _ words: [Substring]) -> DialogueStep {
    guard words.first == "*", words.count > 1, words[1] == "OK" || words[1] == "PREAUTH" else {
      return .failed("expected an \(awaited), got \(Presentable.quote(line))")
    }
    greeting = Presentable.quote(line)
    guard check.tls == .starttls else { return logIn() }
    state = .startTLS
    return .sendLine("A1 STARTTLS")
  }

  private mutating func tagged(_ line: [UInt8], isGood: Bool) -> DialogueStep {
    guard isGood else { return .failed("expected OK as \(awaited), got \(Presentable.quote(line))") }
    return state == .startTLS ? .startTLS : passed
  }

  mutating func encrypted() -> DialogueStep { logIn() }

  private mutating func logIn() -> DialogueStep {
    guard let credentials = check.credentials else { return passed }
    state = .login
    return .sendLine("A2 LOGIN \(Self.quoted(credentials.user)) \(Self.quoted(credentials.password.exposed))")
  }

  private var passed: DialogueStep { .passed("IMAP \(greeting)", farewellLine: "A3 LOGOUT") }

  /// A quoted string: only two characters need a backslash.
  private static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
