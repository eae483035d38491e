import LoadBalancing

/// The check `postgresql`: the start of a session (PostgreSQL documentation, "Message Flow"; port 5432), TLS, a login and
/// a query where asked.
///
/// Without credentials it is judged as pg_isready does it: a server that asks for a password or refuses the user accepts
/// connections. The passwords are in the clear, md5 or SCRAM-SHA-256.
struct PostgreSQLDialogue: Dialogue {
  static let replyBytesMax = 65_536

  private enum State { case encryption, login, session, query }

  private let check: DatabaseCheck
  private let nonce: String
  private var state: State
  private var scram: SCRAMExchange?
  private var hasColumns = false

  /// - Parameters:
  ///   - check: what to ask.
  ///   - nonce: printable characters that nobody can guess.
  init(
    _ check: DatabaseCheck, nonce: String = Base64.encode((0..<18).map { _ in .random(in: 0 ... .max) })
  ) {
    self.check = check
    self.nonce = nonce
    state = check.tls == .no ? .login : .encryption
  }

  var awaited: String {
    switch state {
    case .encryption: "answer to the request for TLS"
    case .login: "PostgreSQL answer"
    case .session: "begin of the session"
    case .query: "answer to the query"
    }
  }

  func open() -> DialogueStep {
    .send(state == .encryption ? PostgreSQLMessages.encryptionRequest : PostgreSQLMessages.startup(check))
  }

  mutating func encrypted() -> DialogueStep {
    state = .login
    return .send(PostgreSQLMessages.startup(check))
  }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    if state == .encryption { return beginTLS(&reply) }
    while let type = reply.byte(at: 0) {
      let character = Character(Unicode.Scalar(type))
      guard Self.expects(character, in: state) else { return notPostgreSQL(reply) }
      // However long the row is.
      if state == .query, character == "D" { return passed("login and query") }
      guard let length = reply.integer(UInt32.self, at: 1) else { return .needMore }
      guard (4...UInt32(Self.replyBytesMax - 1)).contains(length) else {
        return .failed("no PostgreSQL: a message of \(length) bytes")
      }
      guard let message = reply.take(1 + Int(length)) else { return .needMore }
      if let step = answer(character, message.dropFirst(5)) { return step }
    }
    return .needMore
  }

  private static func expects(_ type: Character, in state: State) -> Bool {
    switch state {
    case .encryption, .login: "REvN".contains(type)
    case .session: "SKZENA".contains(type)
    case .query: "TDCIZENSAGHW".contains(type)
    }
  }

  private func notPostgreSQL(_ reply: ReplyBuffer) -> DialogueStep {
    state == .login
      ? .failed("no PostgreSQL: \(Presentable.quote(reply.unread))")
      : .failed("expected an \(awaited), got \(Presentable.quote(reply.unread))")
  }

  private mutating func beginTLS(_ reply: inout ReplyBuffer) -> DialogueStep {
    switch reply.byte(at: 0) {
    case nil: return .needMore
    case UInt8(ascii: "S"):
      _ = reply.take(1)
      return .startTLS
    case UInt8(ascii: "N"): return .failed("the server offers no TLS")
    default: return .failed("expected an \(awaited), got \(Presentable.quote(reply.unread))")
    }
  }

  /// nil for a message that says nothing of interest.
  private mutating func answer(_ type: Character, _ content: ArraySlice<UInt8>) -> DialogueStep? {
    switch (state, type) {
    case (_, "E"): return refusal(PostgreSQLMessages.fields(content))
    case (.login, "R"):
      let request = ReplyBuffer(Array(content))
      guard let credentials = check.credentials else { return accepted(request) }
      return authenticate(credentials, request)
    case (.session, "Z"):
      guard let query = check.query else { return passed("login") }
      state = .query
      return .send(PostgreSQLMessages.query(query))
    case (.query, "T"): hasColumns = true
    case (.query, "C"): return hasColumns ? .failed("the query gave no row") : passed("login and query")
    case (.query, "I"): return .failed("the query is empty")
    case (.query, "Z"): return .failed("no answer to the query")
    case (.query, "G"), (.query, "H"), (.query, "W"): return .failed("the query copies, which a check does not")
    default: break
    }
    return nil
  }

  private func passed(_ message: String) -> DialogueStep {
    .passed("PostgreSQL \(message)", farewell: PostgreSQLMessages.farewell)
  }

  /// Whoever is asked for a password just leaves: a farewell in its place would be an error in the server's log.
  private func accepted(_ request: ReplyBuffer) -> DialogueStep {
    let isLoggedIn = request.integer(UInt32.self, at: 0) == 0
    return .passed("PostgreSQL accepts connections", farewell: isLoggedIn ? PostgreSQLMessages.farewell : [])
  }

  /// Without credentials, only the errors in which a server takes no sessions: starting up or shutting down (57P01 to
  /// 57P03), too many connections (53300), as in appendix A.
  private func refusal(_ fields: [UInt8: String]) -> DialogueStep {
    let code = fields[UInt8(ascii: "C")] ?? ""
    let words = Presentable.quote((fields[UInt8(ascii: "M")] ?? code).utf8)
    if state == .query { return .failed("the query failed: \(words)") }
    if check.credentials != nil, code.hasPrefix("28") { return .failed("the login is refused: \(words)") }
    guard check.credentials == nil, !code.hasPrefix("57P"), !code.hasPrefix("53") else {
      return .failed("the server refuses: \(words)")
    }
    return .passed("PostgreSQL accepts connections")
  }

  /// The kinds of AuthenticationRequest.
  private mutating func authenticate(_ credentials: Credentials, _ request: ReplyBuffer) -> DialogueStep? {
    let password = credentials.password.exposed
    let data = request.unread.dropFirst(4)
    switch request.integer(UInt32.self, at: 0) {
    case 0:
      // A server that skips the proof that was begun is not the one that knows the password.
      guard scram == nil else { return .failed("the server did not prove that it knows the password") }
      state = .session
      return nil
    case 3: return .send(PostgreSQLMessages.password(Array(password.utf8) + [0]))
    case 5 where data.count == 4:
      return .send(PostgreSQLMessages.password(PostgreSQLMessages.md5(credentials, salt: data)))
    case 10:
      let offered = data.split(separator: 0).prefix(8).map { String(decoding: $0, as: UTF8.self) }
      guard offered.contains(SCRAMExchange.mechanism) else {
        return .failed("the server knows no \(SCRAMExchange.mechanism): \(Presentable.quote(data))")
      }
      let exchange = SCRAMExchange(password: password, nonce: nonce)
      scram = exchange
      return .send(PostgreSQLMessages.beginning(SCRAMExchange.mechanism, exchange.first))
    case 11:
      guard let answer = scram?.answer(to: Array(data)) else {
        return .failed("a malformed challenge of \(SCRAMExchange.mechanism): \(Presentable.quote(data))")
      }
      return .send(PostgreSQLMessages.password(answer))
    case 12:
      guard scram?.isProof(Array(data)) == true else {
        return .failed("the server did not prove that it knows the password")
      }
      scram = nil
      return nil
    default:
      return .failed("the server asks for a way to log in that checks don't know; known are password, md5, scram")
    }
  }
}
