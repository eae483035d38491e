/// What people write in regular expressions, as regcomp(3) reads it.
///
/// The C library takes `\d` for a `d` and `\n` for an `n` without a word; here they mean what they mean elsewhere, and
/// what cannot be had is an error.
enum RegularExpressionSyntax {
  private typealias Fault = RegularExpression.Fault

  static func translate(_ pattern: [UInt8]) throws(RegularExpression.Fault) -> [UInt8] {
    var result: [UInt8] = []
    var rest = pattern[...]
    var groups = 0
    while let byte = rest.popFirst() {
      switch byte {
      // The text's ends; with the plain anchors the C library sometimes takes the ends of lines for them.
      case UInt8(ascii: "^"): result += Array("\\`".utf8)
      case UInt8(ascii: "$"): result += Array("\\'".utf8)
      case UInt8(ascii: "\\"): result += try escape(&rest)
      case UInt8(ascii: "["): result += try bracket(&rest)
      case UInt8(ascii: "(") where rest.first == UInt8(ascii: "?"):
        throw Fault(reason: "has (?, which these expressions don't know: they are POSIX extended ones")
      case UInt8(ascii: "("):
        groups += 1
        result.append(byte)
      case UInt8(ascii: ")"):
        groups -= 1
        guard groups >= 0 else { throw Fault(reason: "has an unmatched )") }
        result.append(byte)
      case 0: throw Fault(reason: "has a character with the number 0")
      default: result.append(byte)
      }
    }
    return result
  }

  private static func escape(_ rest: inout ArraySlice<UInt8>) throws(RegularExpression.Fault) -> [UInt8] {
    guard let byte = rest.popFirst() else { throw Fault(reason: "ends with a backslash") }
    if let control = controls[byte] { return [control] }
    switch byte {
    case UInt8(ascii: "d"): return Array("[0-9]".utf8)
    case UInt8(ascii: "D"): return Array("[^0-9]".utf8)
    case UInt8(ascii: "x"):
      let value = try hexadecimal(&rest)
      return isWord(value) || value >= 0x80 ? [value] : [UInt8(ascii: "\\"), value]
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      throw Fault(reason: "has a back reference, whose time to match has no bound")
    case _ where Array("wWsSbB".utf8).contains(byte) || !isWord(byte): return [UInt8(ascii: "\\"), byte]
    default: throw Fault(reason: "has \\\(Character(UnicodeScalar(byte))), which means nothing")
    }
  }

  /// In brackets POSIX takes a backslash for itself.
  private static func bracket(_ rest: inout ArraySlice<UInt8>) throws(RegularExpression.Fault) -> [UInt8] {
    var result = [UInt8(ascii: "[")]
    for leading in [UInt8(ascii: "^"), UInt8(ascii: "]")] where rest.first == leading {
      result.append(leading)
      rest.removeFirst()
    }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "]"): return result + [byte]
      case UInt8(ascii: "["):
        result.append(byte)
        guard let kind = rest.first, Array(":.=".utf8).contains(kind) else { continue }
        while let inner = rest.popFirst() {
          result.append(inner)
          if inner == UInt8(ascii: "]") { break }
        }
      case UInt8(ascii: "\\"): result += try bracketEscape(&rest)
      default: result.append(byte)
      }
    }
    throw Fault(reason: "has an unmatched [")
  }

  private static func bracketEscape(_ rest: inout ArraySlice<UInt8>) throws(RegularExpression.Fault) -> [UInt8] {
    guard let byte = rest.popFirst() else { throw Fault(reason: "has an unmatched [") }
    if let control = controls[byte] { return [control] }
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "d"): return Array("0-9".utf8)
    case UInt8(ascii: "w"): return Array("[:alnum:]_".utf8)
    case UInt8(ascii: "s"): return Array("[:space:]".utf8)
    default:
      throw Fault(
        reason:
          "has \\\(Character(UnicodeScalar(byte))) in brackets; there ] stands first, - last, and neither needs \\")
    }
  }

  private static func hexadecimal(_ rest: inout ArraySlice<UInt8>) throws(RegularExpression.Fault) -> UInt8 {
    let digits = String(decoding: rest.prefix(2), as: UTF8.self)
    guard digits.utf8.count == 2, !digits.hasPrefix("+"), !digits.hasPrefix("-"), let value = UInt8(digits, radix: 16),
      value > 0
    else { throw Fault(reason: "has \\x without two hexadecimal digits, 01 to ff") }
    rest.removeFirst(2)
    return value
  }

  private static let controls: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "f"): 0x0C,
    UInt8(ascii: "v"): 0x0B,
  ]

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
