/// The body of a response as it comes (RFC 9112 section 6): of a told length, in chunks, or up to the connection's end.
struct HTTPBody {
  private enum Way: Hashable {
    case untilEnd
    case length(Int)
    case chunkSize
    case chunk(Int)
    case chunkEnd
    case complete
  }

  private var way: Way
  private(set) var bytes: [UInt8] = []

  static let none = HTTPBody(.complete)

  private init(_ way: Way) { self.way = way }

  /// - Parameter isWithout: whether the request was one whose answer has no body.
  init(of head: HTTPHead, isWithout: Bool) {
    if isWithout || head.status == 204 || head.status == 304 {
      self.init(.complete)
    } else if head.isChunked {
      self.init(.chunkSize)
    } else if let length = head.contentLength {
      self.init(length == 0 ? .complete : .length(length))
    } else {
      self.init(.untilEnd)
    }
  }

  var isComplete: Bool { way == .complete }

  /// Takes what there is, no more than this many bytes in all; false when a chunk is malformed.
  mutating func take(from reply: inout ReplyBuffer, limit: Int) -> Bool {
    while bytes.count < limit {
      switch way {
      case .complete: return true
      case .untilEnd:
        bytes += reply.take(min(reply.count, limit - bytes.count)) ?? []
        return true
      case .length(let left):
        let count = min(left, reply.count, limit - bytes.count)
        bytes += reply.take(count) ?? []
        way = left == count ? .complete : .length(left - count)
        if reply.isEmpty || way == .complete { return true }
      case .chunk(let left):
        let count = min(left, reply.count, limit - bytes.count)
        bytes += reply.take(count) ?? []
        way = left == count ? .chunkEnd : .chunk(left - count)
        if reply.isEmpty { return true }
      case .chunkEnd:
        guard let line = reply.line() else { return reply.count <= 2 }
        guard line.isEmpty else { return false }
        way = .chunkSize
      case .chunkSize:
        guard let line = reply.line() else { return reply.count <= 1024 }
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        guard (1...8).contains(digits.count), digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
          let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return false }
        way = size == 0 ? .complete : .chunk(size)
      }
    }
    return true
  }
}
