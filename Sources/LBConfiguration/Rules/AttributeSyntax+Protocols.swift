import LinuxSystem
import LoadBalancing

extension AttributeSyntax where Value == String {
  /// A text that protocols send within a line of theirs.
  static var line: AttributeSyntax<String> {
    AttributeSyntax<String>("1 to 4096 characters, none of them a control character") { text throws(SyntaxFault) in
      guard (1...4096).contains(text.utf8.count), !text.unicodeScalars.contains(where: isControl) else {
        throw SyntaxFault()
      }
      return text
    }
  }

  /// A file, wherever lbd was started.
  static var absolutePath: AttributeSyntax<String> {
    AttributeSyntax<String>("a path that begins with / like /etc/lbd/ca.pem") { text throws(SyntaxFault) in
      guard text.hasPrefix("/"), text.utf8.count < 4096, !text.unicodeScalars.contains(where: isControl) else {
        throw SyntaxFault()
      }
      return text
    }
  }

  /// The target of a request (RFC 9112, section 3.2).
  static var httpTarget: AttributeSyntax<String> {
    AttributeSyntax<String>("a path like /health?full=1 of visible ASCII characters, or *") {
      text throws(SyntaxFault) in
      guard text == "*" || text.hasPrefix("/"), text.utf8.count <= 4096, text.utf8.allSatisfy(isVisible) else {
        throw SyntaxFault()
      }
      return text
    }
  }

  /// DICOM PS3.5, section 6.2: AE.
  static var applicationEntityTitle: AttributeSyntax<String> {
    AttributeSyntax<String>("1 to 16 ASCII characters without backslash, not blanks alone") {
      text throws(SyntaxFault) in
      guard (1...16).contains(text.utf8.count), text.utf8.contains(where: isVisible),
        text.utf8.allSatisfy({ ($0 == 0x20 || isVisible($0)) && $0 != UInt8(ascii: "\\") })
      else { throw SyntaxFault() }
      return text
    }
  }

  /// RFC 1035, section 2.3.4: at most 253 characters of labels of at most 63.
  static var domainName: AttributeSyntax<String> {
    AttributeSyntax<String>("a domain name like www.example.org, or . for the root") { text throws(SyntaxFault) in
      guard text == "." || isName(text) else { throw SyntaxFault() }
      return text
    }
  }

  /// RFC 6066, section 3: a name, no address.
  static var hostName: AttributeSyntax<String> {
    AttributeSyntax<String>("a host name like www.example.org") { text throws(SyntaxFault) in
      guard isName(text), IPAddress(text) == nil else { throw SyntaxFault() }
      return text
    }
  }

  static var regularExpression: AttributeSyntax<String> {
    AttributeSyntax<String>("a POSIX extended regular expression of at most 1024 characters") {
      text throws(SyntaxFault) in
      guard (1...1024).contains(text.utf8.count) else { throw SyntaxFault() }
      do throws(RegularExpression.Fault) {
        _ = try RegularExpression(text)
      } catch {
        throw SyntaxFault(reason: error.reason)
      }
      return text
    }
  }
}

extension AttributeSyntax where Value == [UInt8] {
  /// Text with escapes as in C: `\n \r \t \a \b \f \v \\ \" \'`, `\xHH`, `\OOO`.
  static var escapedBytes: AttributeSyntax<[UInt8]> {
    AttributeSyntax<[UInt8]>("1 to 4096 characters, with escapes as in C like \\r\\n and \\x00") {
      text throws(SyntaxFault) in
      guard (1...4096).contains(text.utf8.count) else { throw SyntaxFault() }
      var bytes: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let byte = rest.popFirst() {
        bytes.append(byte == UInt8(ascii: "\\") ? try escape(&rest) : byte)
      }
      return bytes
    }
  }

  private static func escape(_ rest: inout ArraySlice<UInt8>) throws(SyntaxFault) -> UInt8 {
    guard let byte = rest.popFirst() else { throw SyntaxFault(reason: "ends with a backslash; write \\\\ for one") }
    switch byte {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "a"): return 0x07
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "v"): return 0x0B
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "?"): return byte
    case UInt8(ascii: "x"):
      return try number(&rest, radix: 16, digitsMax: 2, "\\x without two hexadecimal digits", digitsMin: 2)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      rest = [byte] + rest
      return try number(&rest, radix: 8, digitsMax: 3, "an octal escape over \\377", digitsMin: 1)
    default:
      throw SyntaxFault(reason: "has \\\(Character(UnicodeScalar(byte))), which is no escape of C")
    }
  }

  private static func number(
    _ rest: inout ArraySlice<UInt8>, radix: Int, digitsMax: Int, _ fault: String, digitsMin: Int
  ) throws(SyntaxFault) -> UInt8 {
    let digits = rest.prefix(digitsMax).prefix { byte in
      Character(UnicodeScalar(byte)).hexDigitValue.map { $0 < radix } ?? false
    }
    guard digits.count >= digitsMin, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: radix) else {
      throw SyntaxFault(reason: "has \(fault)")
    }
    rest = rest.dropFirst(digits.count)
    return value
  }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

private func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

private func isName(_ text: String) -> Bool {
  let name = text.hasSuffix(".") ? text.dropLast() : text[...]
  return (1...253).contains(name.utf8.count)
    && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { isVisible($0) && $0 != UInt8(ascii: "\\") }
    }
}
