import LoadBalancing

/// The check `sip`: an OPTIONS request (RFC 3261 section 11) that is answered with success.
struct SIPDialogue: Dialogue {
  private let request: String
  private let callID: String

  /// - Parameters:
  ///   - server: whom the request is for.
  ///   - port: the same.
  ///   - callID: of this check alone.
  init(server: IPAddress, port: UInt16, callID: String = String(UInt64.random(in: 1 ... .max), radix: 16)) {
    self.callID = callID
    let host = server.family == .inet ? "\(server)" : "[\(server)]"
    // The answer comes back to the port that it was sent from: rport (RFC 3581); the name in Via means nothing then.
    request = [
      "OPTIONS sip:\(host):\(port) SIP/2.0", "Via: SIP/2.0/UDP lbd.invalid;branch=z9hG4bK\(callID);rport",
      "Max-Forwards: 70", "From: <sip:lbd@lbd.invalid>;tag=\(callID)", "To: <sip:\(host):\(port)>",
      "Call-ID: \(callID)", "CSeq: 1 OPTIONS", "Contact: <sip:lbd@lbd.invalid>", "Accept: application/sdp",
      "User-Agent: lbd", "Content-Length: 0", "", "",
    ].joined(separator: "\r\n")
  }

  var awaited: String { "SIP answer" }

  func open() -> DialogueStep { .send(Array(request.utf8)) }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard let first = reply.line() else { return .needMore }
    let line = String(decoding: first.prefix(256), as: UTF8.self)
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0] == "SIP/2.0", words[1].utf8.count == 3, let status = Int(words[1]) else {
      return .failed("no SIP: \(Presentable.quote(first))")
    }
    guard isForThisRequest(&reply), status >= 200 else { return .needMore }
    guard status < 300 else { return .failed("expected 200, got \(Presentable.quote(first))") }
    return .passed("SIP \(Presentable.quote(first))")
  }

  /// Whether the fields name the request's call; `i` is the short form of Call-ID (section 7.3.3).
  private func isForThisRequest(_ reply: inout ReplyBuffer) -> Bool {
    while let line = reply.line(), !line.isEmpty {
      let field = String(decoding: line.prefix(256), as: UTF8.self).split(separator: ":", maxSplits: 1)
      guard field.count == 2, ["call-id", "i"].contains(Self.trimmed(field[0]).lowercased()) else { continue }
      return Self.trimmed(field[1]) == callID
    }
    return false
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
