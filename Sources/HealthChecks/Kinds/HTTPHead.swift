/// The status line and the fields of a response that a check needs (RFC 9112 sections 4 and 5).
struct HTTPHead: Hashable {
  let status: Int
  private let reason: String
  /// The field Content-Length; nil when the body's length is told in another way.
  private(set) var contentLength: Int?
  private(set) var isChunked = false
  private(set) var location: String?

  /// For messages: `503 Service Unavailable`.
  var statusText: String { reason.isEmpty ? "\(status)" : "\(status) \(Presentable.message(reason))" }

  enum Reading: Hashable {
    case incomplete
    case malformed(String)
    case head(HTTPHead)
  }

  private static let bytesMax = 32_768

  /// Takes a head and the empty line behind it, once all of it has come.
  static func take(from reply: inout ReplyBuffer) -> Reading {
    var ahead = reply
    guard let first = ahead.line() else {
      return reply.count < bytesMax ? .incomplete : .malformed("no status line in \(reply.count) bytes")
    }
    guard var head = HTTPHead(statusLine: first) else { return .malformed(Presentable.quote(first)) }
    while let line = ahead.line() {
      if line.isEmpty {
        reply = ahead
        return .head(head)
      }
      guard head.add(line) else { return .malformed("the field \(Presentable.quote(line))") }
    }
    return reply.count < bytesMax ? .incomplete : .malformed("fields of over \(bytesMax) bytes")
  }

  private init?(statusLine: [UInt8]) {
    let words = String(decoding: statusLine.prefix(256), as: UTF8.self).split(
      separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", words[1].utf8.count == 3,
      words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let status = Int(words[1]), status >= 100
    else { return nil }
    self.status = status
    reason = words.count > 2 ? String(words[2].prefix(60)) : ""
  }

  /// False for a line that is no field, or a length that is none.
  private mutating func add(_ line: [UInt8]) -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return false }
    let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
    let value = String(decoding: line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }.prefix(1024), as: UTF8.self)
      .split(separator: " ").joined(separator: " ")
    switch name {
    case "content-length":
      guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(value) else {
        return false
      }
      contentLength = length
    case "transfer-encoding": isChunked = value.lowercased().hasSuffix("chunked")
    case "location": location = value
    default: break
    }
    return true
  }
}
