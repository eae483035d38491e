/// The check `mysql`: the server's greeting (client/server protocol, Protocol::HandshakeV10), answered by a login
/// without a name.
///
/// A client that leaves after the greeting counts as an error, and after a hundred the server lets its whole address in
/// no more (max_connect_errors); one whose login is refused does not.
struct MySQLDialogue: Dialogue {
  private enum State { case greeting, login }

  private var state = State.greeting
  private var version = ""

  var awaited: String { state == .greeting ? "MySQL greeting" : "answer to the login" }

  func open() -> DialogueStep { .needMore }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard let first = reply.byte(at: 0), let second = reply.byte(at: 1), let third = reply.byte(at: 2),
      let sequence = reply.byte(at: 3)
    else { return .needMore }
    let length = Int(first) | Int(second) << 8 | Int(third) << 16
    guard (1...4096).contains(length) else { return .failed("no MySQL: a packet of \(length) bytes") }
    guard let packet = reply.take(4 + length) else { return .needMore }
    let content = packet.dropFirst(4)
    if state == .greeting { return greeting(content) }
    switch content.first {
    // Well or not, the server answers logins: ER_ACCESS_DENIED_ERROR and its like are what was to be expected.
    case 0x00, 0xFF: return .passed("MySQL \(version)", farewell: [1, 0, 0, 0, 1])
    // Another way to prove the name (AuthSwitchRequest, AuthMoreData): an empty password.
    case 0xFE, 0x01: return .send([0, 0, 0, sequence &+ 1])
    default: return .failed("expected an \(awaited), got \(Presentable.quote(content))")
    }
  }

  private mutating func greeting(_ content: ArraySlice<UInt8>) -> DialogueStep {
    guard content.first != 0xFF else { return .failed("the server refuses: \(Self.errorText(content))") }
    guard content.first == 10, let end = content.firstIndex(of: 0) else {
      return .failed("no MySQL: \(Presentable.quote(content))")
    }
    version = Presentable.quote(content[(content.startIndex + 1)..<end])
    state = .login
    // CLIENT_PROTOCOL_41 and CLIENT_SECURE_CONNECTION, packets of 16 MiB, utf8.
    let login: [UInt8] =
      [0x00, 0x82, 0, 0, 0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23)
      // No name, no proof.
      + [0, 0]
    return .send([UInt8(login.count), 0, 0, 1] + login)
  }

  /// The words of an ERR_Packet: behind the mark, its number and, after the greeting, `#` and five characters.
  private static func errorText(_ content: ArraySlice<UInt8>) -> String {
    var text = content.dropFirst(3)
    if text.first == UInt8(ascii: "#") { text = text.dropFirst(6) }
    return Presentable.quote(text)
  }
}
