import LoadBalancing

/// The check `redis`: AUTH where asked and PING, in the Redis serialization protocol (RESP 2; port 6379).
struct RedisDialogue: Dialogue {
  private enum State { case authentication, ping }

  private let credentials: Credentials?
  private var state: State

  init(_ check: LoginCheck) {
    credentials = check.credentials
    state = credentials == nil ? .ping : .authentication
  }

  var awaited: String { state == .ping ? "answer to PING" : "answer to AUTH" }

  func open() -> DialogueStep {
    guard let credentials else { return Self.command(["PING"]) }
    let user = credentials.user.isEmpty ? [] : [credentials.user]
    return Self.command(["AUTH"] + user + [credentials.password.exposed])
  }

  mutating func proceed(_ buffer: inout ReplyBuffer) -> DialogueStep {
    guard let line = buffer.line() else { return .needMore }
    switch (state, String(decoding: line.prefix(64), as: UTF8.self)) {
    case (.authentication, "+OK"):
      state = .ping
      return Self.command(["PING"])
    case (.ping, "+PONG"): return .passed("PONG", farewell: Array("*1\r\n$4\r\nQUIT\r\n".utf8))
    case (.ping, let text) where text.hasPrefix("-NOAUTH"):
      return .failed("the server asks for a password: \(Presentable.quote(line))")
    default: return .failed("expected an \(awaited) that agrees, got \(Presentable.quote(line))")
    }
  }

  private static func command(_ words: [String]) -> DialogueStep {
    .send(Array("*\(words.count)\r\n\(words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined())".utf8))
  }
}
