/// The check `postgresql`: the start of a session (PostgreSQL documentation, "Message Flow"), judged as pg_isready
/// does it: a server that asks for a password or refuses the user accepts connections.
struct PostgreSQLDialogue: Dialogue {
  var awaited: String { "PostgreSQL answer" }

  func open() -> DialogueStep {
    // Protocol 3.0 and the one parameter that must be there.
    let content = WireBytes.bigEndian(UInt32(196_608)) + Array("user\0lbd\0database\0postgres\0\0".utf8)
    return .send(WireBytes.bigEndian(UInt32(content.count + 4)) + content)
  }

  func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard let type = reply.byte(at: 0) else { return .needMore }
    guard type == UInt8(ascii: "R") || type == UInt8(ascii: "E") || type == UInt8(ascii: "v") else {
      return .failed("no PostgreSQL: \(Presentable.quote(reply.unread))")
    }
    guard let length = reply.integer(UInt32.self, at: 1) else { return .needMore }
    guard (4...8192).contains(length) else { return .failed("no PostgreSQL: a message of \(length) bytes") }
    guard let message = reply.take(1 + Int(length)) else { return .needMore }
    switch type {
    case UInt8(ascii: "E"): return Self.judge(Self.fields(message.dropFirst(5)))
    case UInt8(ascii: "R"): return .passed("PostgreSQL accepts connections", farewell: [0x58, 0, 0, 0, 4])
    default: return .needMore
    }
  }

  /// The errors in which a server takes no sessions: starting up or shutting down (57P01 to 57P03), too many
  /// connections (53300), as in appendix A.
  private static func judge(_ fields: [UInt8: String]) -> DialogueStep {
    let code = fields[UInt8(ascii: "C")] ?? ""
    guard !code.hasPrefix("57P"), !code.hasPrefix("53") else {
      return .failed("the server refuses: \(Presentable.quote((fields[UInt8(ascii: "M")] ?? code).utf8))")
    }
    return .passed("PostgreSQL accepts connections")
  }

  /// The fields of an ErrorResponse: a letter and a text each.
  private static func fields(_ content: ArraySlice<UInt8>) -> [UInt8: String] {
    var fields: [UInt8: String] = [:]
    for field in content.split(separator: 0).prefix(32) {
      guard let letter = field.first else { continue }
      fields[letter] = String(decoding: field.dropFirst(), as: UTF8.self)
    }
    return fields
  }
}
