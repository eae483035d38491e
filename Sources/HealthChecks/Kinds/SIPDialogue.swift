import LoadBalancing

/// The check `sip`: an OPTIONS request that is answered with success (RFC 3261 section 11; port 5060 over UDP, over TLS
/// 5061).
struct SIPDialogue: Dialogue {
  private let request: String
  private let callID: String
  /// Whether a message may come in parts.
  private let isStream: Bool

  /// - Parameters:
  ///   - check: whether the request goes over TLS.
  ///   - server: whom the request is for.
  ///   - port: the same.
  ///   - callID: of this check alone.
  init(
    _ check: SIPCheck, server: IPAddress, port: UInt16,
    callID: String = String(UInt64.random(in: 1 ... .max), radix: 16)
  ) {
    self.callID = callID
    isStream = check.tls == .yes
    let host = server.family == .inet ? "\(server)" : "[\(server)]"
    // The answer comes back to the port that it was sent from: rport (RFC 3581); the name in Via means nothing then.
    request = [
      "OPTIONS sip:\(host):\(port) SIP/2.0",
      "Via: SIP/2.0/\(isStream ? "TLS" : "UDP") lbd.invalid;branch=z9hG4bK\(callID);rport",
      "Max-Forwards: 70", "From: <sip:lbd@lbd.invalid>;tag=\(callID)", "To: <sip:\(host):\(port)>",
      "Call-ID: \(callID)", "CSeq: 1 OPTIONS", "Contact: <sip:lbd@lbd.invalid>", "Accept: application/sdp",
      "User-Agent: lbd", "Content-Length: 0", "", "",
    ].joined(separator: "\r\n")
  }

  var awaited: String { "SIP answer" }

  func open() -> DialogueStep { .send(Array(request.utf8)) }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    var ahead = reply
    while let first = ahead.line() {
      let line = String(decoding: first.prefix(256), as: UTF8.self)
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count >= 2, words[0] == "SIP/2.0", words[1].utf8.count == 3, let status = Int(words[1]) else {
        return .failed("no SIP: \(Presentable.quote(first))")
      }
      guard let isOwn = isForThisRequest(&ahead) else { return .needMore }
      reply = ahead
      guard isOwn, status >= 200 else { continue }
      guard status < 300 else { return .failed("expected 200, got \(Presentable.quote(first))") }
      return .passed("SIP \(Presentable.quote(first))")
    }
    return .needMore
  }

  /// Whether the fields name the request's call; nil while they have not all come. `i` is the short form of Call-ID
  /// (section 7.3.3).
  private func isForThisRequest(_ reply: inout ReplyBuffer) -> Bool? {
    var isOwn = false
    while let line = reply.line() {
      if line.isEmpty { return isOwn }
      let field = String(decoding: line.prefix(256), as: UTF8.self).split(separator: ":", maxSplits: 1)
      guard field.count == 2, ["call-id", "i"].contains(Self.trimmed(field[0]).lowercased()) else { continue }
      isOwn = Self.trimmed(field[1]) == callID
    }
    return isStream ? nil : isOwn
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
