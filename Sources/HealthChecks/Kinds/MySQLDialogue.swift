import LoadBalancing

/// The check `mysql`: the server's greeting (client/server protocol, port 3306), TLS where asked, and a login: with
/// credentials one that must succeed, and a query; otherwise one without a name.
///
/// A client that leaves after the greeting counts as an error, and after a hundred the server lets its whole address in
/// no more (max_connect_errors); one whose login is refused does not, if it can be asked for another method
/// (CLIENT_PLUGIN_AUTH): MySQL 8 draws one by lot for a name that it does not know.
struct MySQLDialogue: Dialogue {
  static let replyBytesMax = 65_536

  private enum State { case greeting, encryption, login, query, columns, rows }

  private let check: DatabaseCheck
  private var state = State.greeting
  private var greeting: MySQLMessages.Greeting?
  /// Of the next packet that goes out.
  private var sequence: UInt8 = 1
  private var isEncrypted = false

  init(_ check: DatabaseCheck) { self.check = check }

  var awaited: String {
    switch state {
    case .greeting: "MySQL greeting"
    case .encryption, .login: "answer to the login"
    case .query, .columns, .rows: "answer to the query"
    }
  }

  func open() -> DialogueStep { .needMore }

  mutating func encrypted() -> DialogueStep {
    isEncrypted = true
    return logIn()
  }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    // The server does not answer the request.
    if state == .encryption { return .startTLS }
    while let first = reply.byte(at: 0), let second = reply.byte(at: 1), let third = reply.byte(at: 2),
      let number = reply.byte(at: 3)
    {
      let length = Int(first) | Int(second) << 8 | Int(third) << 16
      guard length >= 1, state == .rows || length < Self.replyBytesMax - 4 else {
        return .failed("no MySQL: a packet of \(length) bytes")
      }
      guard let mark = reply.byte(at: 4) else { return .needMore }
      // However long the row is.
      if state == .rows, mark != 0xFF, mark != 0xFE || length >= 9 { return passed("login and query") }
      guard let packet = reply.take(4 + length) else { return .needMore }
      sequence = number &+ 1
      if let step = answer(mark, Array(packet.dropFirst(4))) { return step }
    }
    return .needMore
  }

  /// nil for a packet that another one follows.
  private mutating func answer(_ mark: UInt8, _ content: [UInt8]) -> DialogueStep? {
    switch (state, mark) {
    case (.greeting, _): return greet(mark, content)
    case (.login, _): return check.credentials.map { login($0, mark, content) } ?? nameless(mark, content)
    case (.query, 0x00): return passed("login and query")
    case (_, 0xFF): return .failed("the query failed: \(MySQLMessages.errorText(content))")
    case (.query, 0xFB): return .failed("the query asks for a file, which a check does not have")
    case (.query, _): state = .columns
    // EOF_Packet.
    case (.columns, 0xFE) where content.count < 9: state = .rows
    case (.rows, _): return .failed("the query gave no row")
    default: break
    }
    return nil
  }

  private mutating func greet(_ mark: UInt8, _ content: [UInt8]) -> DialogueStep {
    guard mark != 0xFF else { return .failed("the server refuses: \(MySQLMessages.errorText(content))") }
    guard let greeting = MySQLMessages.Greeting(content) else {
      return .failed("no MySQL: \(Presentable.quote(content))")
    }
    self.greeting = greeting
    guard check.tls != .no else { return logIn() }
    guard greeting.offersTLS else { return .failed("the server offers no TLS") }
    state = .encryption
    let request = MySQLMessages.packet(MySQLMessages.encryptionRequest(check), sequence: sequence)
    sequence &+= 1
    return .send(request)
  }

  private mutating func logIn() -> DialogueStep {
    state = .login
    var method = greeting?.method ?? MySQLPassword.native
    var proof: [UInt8]?
    if let password {
      let scramble = greeting?.scramble ?? []
      proof = password.proof(method, scramble: scramble)
      // Where the method is not known, the server may know another one.
      if proof == nil {
        method = MySQLPassword.native
        proof = password.proof(method, scramble: scramble)
      }
    }
    return send(MySQLMessages.login(check, method: method, proof: proof ?? []))
  }

  private var password: MySQLPassword? {
    check.credentials.map { MySQLPassword(password: Array($0.password.exposed.utf8), isEncrypted: isEncrypted) }
  }

  /// Well or not, the server answers logins: ER_ACCESS_DENIED_ERROR and its like are what was to be expected.
  private func nameless(_ mark: UInt8, _ content: [UInt8]) -> DialogueStep {
    switch mark {
    case 0x00, 0xFF: return passed("")
    // Another way to prove the name (AuthSwitchRequest, AuthMoreData): an empty password.
    case 0xFE, 0x01: return send([])
    default: return .failed("expected an \(awaited), got \(Presentable.quote(content))")
    }
  }

  private mutating func login(_ credentials: Credentials, _ mark: UInt8, _ content: [UInt8]) -> DialogueStep? {
    switch mark {
    case 0x00:
      guard let query = check.query else { return passed("login") }
      state = .query
      sequence = 0
      return send(MySQLMessages.query(query))
    case 0xFF: return .failed("the login is refused: \(MySQLMessages.errorText(content))")
    // AuthSwitchRequest: a method and what its proof is bound to.
    case 0xFE:
      let method = String(decoding: content.dropFirst().prefix { $0 != 0 }.prefix(64), as: UTF8.self)
      let scramble = content.dropFirst(method.utf8.count + 2).prefix(20)
      guard let proof = password?.proof(method, scramble: Array(scramble)) else {
        return .failed(
          "the server asks for a way to log in that checks don't know: \(Presentable.quote(method.utf8)); known are "
            + "\(MySQLPassword.native), \(MySQLPassword.cachingSHA2)")
      }
      return send(proof)
    // AuthMoreData of caching_sha2_password: the proof is good, the last word follows.
    case 0x01 where content.dropFirst().first == 3: return nil
    case 0x01 where content.dropFirst().first == 4:
      guard isEncrypted, let password else {
        return .failed("the server wants the whole password, as it has not seen this user yet: add tls=\"yes\"")
      }
      return send(password.terminated)
    default: return .failed("expected an \(awaited), got \(Presentable.quote(content))")
    }
  }

  private func send(_ content: [UInt8]) -> DialogueStep { .send(MySQLMessages.packet(content, sequence: sequence)) }

  private func passed(_ what: String) -> DialogueStep {
    let text = "MySQL \(greeting?.version ?? "")\(what.isEmpty ? "" : " ")\(what)"
    return .passed(text, farewell: check.credentials == nil ? [] : MySQLMessages.farewell)
  }
}
