import LoadBalancing

/// The check `ldap`: StartTLS where asked, a simple bind, anonymous or not, and the read of one entry where a base is
/// given (RFC 4511; port 389, with TLS from the start 636).
struct LDAPDialogue: Dialogue {
  private enum State: UInt8 { case startTLS = 1, bind = 2, search = 3 }

  private let check: LDAPCheck
  private var state = State.bind
  private var entries = 0

  init(_ check: LDAPCheck) {
    self.check = check
    if check.tls == .starttls { state = .startTLS }
  }

  var awaited: String {
    switch state {
    case .startTLS: "answer to StartTLS"
    case .bind: "answer to the bind"
    case .search: "answer to the search"
    }
  }

  func open() -> DialogueStep { state == .startTLS ? Self.startTLS : bind }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    while let first = reply.byte(at: 0) {
      guard first == BER.sequence else { return .failed("no LDAP: \(Presentable.quote(reply.unread))") }
      switch BER.length(of: reply, at: 0, limit: Self.replyBytesMax) {
      case .incomplete: return .needMore
      case .malformed: return .failed("no LDAP: \(Presentable.quote(reply.unread))")
      case .whole(let header, let length):
        guard let message = reply.take(header + length) else { return .needMore }
        if let step = answer(ReplyBuffer(Array(message.dropFirst(header)))) { return step }
      }
    }
    return .needMore
  }

  mutating func encrypted() -> DialogueStep {
    state = .bind
    return bind
  }

  /// nil for a message that does not end the wait.
  private mutating func answer(_ message: ReplyBuffer) -> DialogueStep? {
    guard let (identifier, afterIdentifier) = BER.element(message, at: 0), identifier.tag == BER.integer,
      let (operation, _) = BER.element(message, at: afterIdentifier)
    else { return .failed("no LDAP: a malformed message") }
    guard identifier.content.last == state.rawValue || identifier.content.last == 0 else { return nil }
    switch (state, operation.tag) {
    case (.search, 0x64):
      entries += 1
      return nil
    case (.search, 0x73): return nil
    // A notice of disconnection comes as an answer to StartTLS would.
    case (.startTLS, 0x78), (.bind, 0x61), (.search, 0x65), (_, 0x78): return result(operation)
    default: return .failed("expected an \(awaited), got an operation with the tag \(operation.tag)")
    }
  }

  /// The fields of an LDAPResult: code, matched name, words (section 4.1.9).
  private mutating func result(_ operation: BER.Element) -> DialogueStep {
    let fields = ReplyBuffer(Array(operation.content))
    guard let (code, afterCode) = BER.element(fields, at: 0), code.tag == BER.enumerated, code.content.count == 1,
      let number = code.content.first, let (_, afterName) = BER.element(fields, at: afterCode),
      let (words, _) = BER.element(fields, at: afterName)
    else { return .failed("no LDAP: a malformed result") }
    guard number == 0, operation.tag != 0x78 || state == .startTLS else {
      return .failed("\(awaited) is code \(number) \(Presentable.quote(words.content))")
    }
    switch state {
    case .startTLS: return .startTLS
    case .bind:
      guard let base = check.base else { return passed("LDAP bind") }
      state = .search
      return search(base)
    case .search:
      guard entries > 0 else { return .failed("no entry \(Presentable.quote((check.base ?? "").utf8))") }
      return passed("LDAP bind and entry \(Presentable.quote((check.base ?? "").utf8))")
    }
  }

  /// With an unbind as goodbye.
  private func passed(_ message: String) -> DialogueStep {
    .passed(message, farewell: [0x30, 0x05, 0x02, 0x01, 0x04, 0x42, 0x00])
  }

  private static let startTLS = DialogueStep.send(
    message(.startTLS, 0x77, BER.encoded(0x80, Array("1.3.6.1.4.1.1466.20037".utf8))))

  private var bind: DialogueStep {
    let name = check.credentials?.user ?? ""
    let password = check.credentials?.password.exposed ?? ""
    return .send(
      Self.message(
        .bind, 0x60,
        BER.encoded(BER.integer, [3]) + BER.encoded(0x04, Array(name.utf8)) + BER.encoded(0x80, Array(password.utf8))))
  }

  /// The entry itself, whatever it is, without its attributes (`1.1`).
  private func search(_ base: String) -> DialogueStep {
    let scope = BER.encoded(BER.enumerated, [0]) + BER.encoded(BER.enumerated, [0])
    let limits = BER.encoded(BER.integer, [1]) + BER.encoded(BER.integer, [0]) + BER.encoded(0x01, [0])
    let filter = BER.encoded(0x87, Array("objectClass".utf8))
    let attributes = BER.encoded(BER.sequence, BER.encoded(0x04, Array("1.1".utf8)))
    return .send(
      Self.message(.search, 0x63, BER.encoded(0x04, Array(base.utf8)) + scope + limits + filter + attributes))
  }

  private static func message(_ state: State, _ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    BER.encoded(BER.sequence, BER.encoded(BER.integer, [state.rawValue]) + BER.encoded(tag, content))
  }
}
