import LoadBalancing

/// The check `dns`: a question (RFC 1035; port 53) whose answer holds a record of the type, and the expected one if there
/// is.
struct DNSDialogue: Dialogue {
  static let replyBytesMax = 65_537

  private let check: DNSCheck
  private let question: [UInt8]
  private let identifier: UInt16

  /// - Parameter identifier: any number; the answer must have the same.
  init(_ check: DNSCheck, identifier: UInt16 = .random(in: 0 ... .max)) {
    self.check = check
    self.identifier = identifier
    question = DNSMessage.encodedName(check.name) + WireBytes.bigEndian(check.record.number) + [0, 1]
  }

  var awaited: String { "DNS answer" }

  func open() -> DialogueStep {
    // Recursion desired, one question.
    let message = WireBytes.bigEndian(identifier) + [0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0] + question
    // Over TCP each message has its length in front (section 4.2.2).
    return .send(check.transport == .tcp ? WireBytes.bigEndian(UInt16(message.count)) + message : message)
  }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    let bytes: [UInt8]
    if check.transport == .tcp {
      guard let length = reply.integer(UInt16.self, at: 0), let whole = reply.take(2 + Int(length)) else {
        return .needMore
      }
      bytes = Array(whole.dropFirst(2))
    } else {
      bytes = reply.takeAll()
    }
    guard let message = DNSMessage(bytes) else {
      return check.transport == .tcp ? .failed("no DNS: \(Presentable.quote(bytes))") : .needMore
    }
    // Somebody else's answer, or a guess at this one.
    guard message.identifier == identifier, message.isResponse, message.hasQuestion(question) else { return .needMore }
    return judge(message)
  }

  private func judge(_ message: DNSMessage) -> DialogueStep {
    let subject = "\(check.record.rawValue) record of \(Presentable.quote(check.name.utf8))"
    guard message.responseCode == 0 else { return .failed("\(message.responseCodeName) for the \(subject)") }
    guard let found = message.answers(of: check.record.number) else { return .failed("no DNS: a malformed answer") }
    let shown = found.prefix(4).map { Presentable.quote($0.utf8) }.joined(separator: ", ")
    if let expected = check.expected {
      guard !found.contains(where: { Self.isSame($0, expected) }) else {
        return .passed("\(subject) is \(Presentable.quote(expected.utf8))")
      }
      let instead = found.isEmpty ? "nothing" : shown
      return .failed("expected \(Presentable.quote(expected.utf8)) as \(subject), got \(instead)\(truncation(message))")
    }
    guard !found.isEmpty else { return .failed("no \(subject)\(truncation(message))") }
    return .passed("\(subject) is \(shown)")
  }

  private func truncation(_ message: DNSMessage) -> String {
    message.isTruncated ? "; the answer is cut off, ask over transport=\"tcp\"" : ""
  }

  /// Addresses in any of their forms; names without regard to case and to the dot at their end.
  private static func isSame(_ found: String, _ expected: String) -> Bool {
    if let address = IPAddress(expected) { return IPAddress(found) == address }
    func plain(_ text: String) -> String { (text.hasSuffix(".") ? String(text.dropLast()) : text).lowercased() }
    return plain(found) == plain(expected)
  }
}
