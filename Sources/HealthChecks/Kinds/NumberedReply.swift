/// A reply of SMTP (RFC 5321 section 4.2) or FTP (RFC 959 section 4.2): a code of three digits and lines of text.
struct NumberedReply: Hashable {
  static let linesMax = 128

  let code: Int
  /// Without the code of the first and the last.
  let lines: [String]

  /// For messages: `220 mail.example.org ESMTP`.
  var text: String { Presentable.quote("\(code) \(lines.first ?? "")".utf8) }

  enum Reading: Hashable {
    case incomplete
    case malformed(String)
    case reply(NumberedReply)
  }

  /// Takes the next reply, whose lines may come one by one.
  struct Reader {
    private var code: Int?
    private var lines: [String] = []

    mutating func next(from buffer: inout ReplyBuffer) -> Reading {
      while let line = buffer.line() {
        guard lines.count < NumberedReply.linesMax else { return .malformed("a reply of too many lines") }
        let digits = line.prefix(3)
        let number =
          digits.count == 3 && digits.allSatisfy { (0x30...0x39).contains($0) }
          ? digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } : nil
        let separator = line.count > 3 ? line[3] : UInt8(ascii: " ")
        let text = String(decoding: line.dropFirst(4).prefix(512), as: UTF8.self)
        if let number, code == nil || code == number, separator == UInt8(ascii: " ") {
          defer { self = Reader() }
          return .reply(NumberedReply(code: number, lines: lines + [text]))
        }
        if code == nil {
          guard let number, separator == UInt8(ascii: "-") else {
            return .malformed(Presentable.quote(line))
          }
          code = number
        }
        lines.append(text)
      }
      return .incomplete
    }
  }
}
