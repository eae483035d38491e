import LoadBalancing

/// The checks `http` (port 80) and `https` (RFC 9110 section 4.2.2, port 443): a request of HTTP/1.1 (RFC 9112) and the judgement of its answer.
///
/// Redirections are not followed: their status is the answer. At most 64 KiB of the body are looked at.
struct HTTPDialogue: Dialogue {
  static let replyBytesMax = 65_536
  private static let interimResponsesMax = 8

  private let check: HTTPCheck
  private let request: [UInt8]
  private let matcher: Matcher?
  private var head: HTTPHead?
  private var body = HTTPBody.none
  private var interimResponses = 0

  init(_ check: HTTPCheck, server: IPAddress, port: UInt16) {
    self.check = check
    matcher = check.expectation.map(Matcher.init)
    let address = server.family == .inet ? "\(server)" : "[\(server)]"
    let host = check.host ?? (port == (check.tls == nil ? 80 : 443) ? address : "\(address):\(port)")
    var lines = [
      "\(check.method.rawValue) \(check.path) HTTP/1.1", "Host: \(host)", "User-Agent: lbd", "Accept: */*",
      "Connection: close",
    ]
    if let credentials = check.credentials {
      let pair = Array("\(credentials.user):\(credentials.password.exposed)".utf8)
      lines.append("Authorization: Basic \(Base64.encode(pair))")
    }
    request = Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  var awaited: String { head == nil ? "HTTP answer" : "whole body" }

  func open() -> DialogueStep { .send(request) }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    while head == nil {
      switch HTTPHead.take(from: &reply) {
      case .incomplete: return .needMore
      case .malformed(let reason): return .failed("no HTTP: \(reason)")
      case .head(let found):
        // Interim responses come before the answer (RFC 9110 section 15.2).
        if (100...199).contains(found.status), found.status != 101 {
          interimResponses += 1
          guard interimResponses <= Self.interimResponsesMax else { return .failed("no end of interim responses") }
          continue
        }
        guard check.statuses.contains(where: { $0.contains(found.status) }) else { return .failed(unexpected(found)) }
        guard matcher != nil else { return .passed("HTTP \(found.statusText)") }
        head = found
        body = HTTPBody(of: found, isWithout: check.method == .head)
      }
    }
    guard body.take(from: &reply, limit: Self.replyBytesMax) else {
      return .failed("no HTTP: a wrong chunk of the body")
    }
    return judge(isEnd: body.isComplete || body.bytes.count >= Self.replyBytesMax)
  }

  mutating func ended(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard head != nil else {
      return .failed(
        reply.isEmpty
          ? "the server closed the connection instead of sending an HTTP answer"
          : "no HTTP: \(Presentable.quote(reply.unread)) and the connection's end")
    }
    return judge(isEnd: true)
  }

  private func judge(isEnd: Bool) -> DialogueStep {
    guard let matcher, let head, isEnd || matcher.looksEarly else { return .needMore }
    if matcher.matches(body.bytes) { return .passed("HTTP \(head.statusText), body with \(matcher.description)") }
    guard isEnd else { return .needMore }
    return .failed("HTTP \(head.statusText), but no \(matcher.description) in \(body.bytes.count) bytes of the body")
  }

  private func unexpected(_ head: HTTPHead) -> String {
    let expected = check.statuses.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    let place = head.location.map { " to \(Presentable.quote($0.utf8))" } ?? ""
    return "HTTP \(head.statusText)\(place), expected \(expected.joined(separator: ","))"
  }
}
