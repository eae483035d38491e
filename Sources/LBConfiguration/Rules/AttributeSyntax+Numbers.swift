import LoadBalancing

extension AttributeSyntax where Value: FixedWidthInteger {
  /// A decimal number in a range.
  static func number(_ range: ClosedRange<Value>) -> AttributeSyntax<Value> {
    AttributeSyntax<Value>("\(range.lowerBound) to \(range.upperBound)") {
      text throws(SyntaxFault) in
      guard let value = Value(decimal: text), range.contains(value) else { throw SyntaxFault() }
      return value
    }
  }
}

extension FixedWidthInteger {
  /// Reads digits alone: no sign, no blanks.
  init?(decimal text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
    self.init(text)
  }
}

extension AttributeSyntax where Value == UInt32 {
  /// A firewall mark; 0 is what packets without a mark have.
  static func mark(upTo most: UInt32) -> AttributeSyntax<UInt32> {
    AttributeSyntax<UInt32>("1 to \(most), or 0x1 to 0x\(String(most, radix: 16))") { text throws(SyntaxFault) in
      let isHexadecimal = text.lowercased().hasPrefix("0x")
      let value =
        isHexadecimal && text.utf8.count > 2 && !text.contains("+")
        ? UInt32(text.dropFirst(2), radix: 16) : UInt32(decimal: text)
      guard let value, value > 0, value <= most else { throw SyntaxFault() }
      return value
    }
  }

  /// Whole seconds up to 31 days, the bound that ipvsadm too keeps (MAX_TIMEOUT).
  static var wholeSeconds: AttributeSyntax<UInt32> {
    AttributeSyntax<Duration>.seconds(from: .seconds(1), to: .seconds(31 * 86400)).whole
  }
}

extension AttributeSyntax where Value == Duration {
  /// Seconds, with up to nine decimals.
  static func seconds(from least: Duration, to most: Duration) -> AttributeSyntax<Duration> {
    AttributeSyntax<Duration>("\(least.secondsText) to \(most.secondsText) seconds") {
      text throws(SyntaxFault) in
      guard let duration = Duration(secondsText: text), duration >= least, duration <= most else {
        throw SyntaxFault()
      }
      return duration
    }
  }

  /// Only durations without a fraction, as a number of seconds.
  fileprivate var whole: AttributeSyntax<UInt32> {
    let read = read
    return AttributeSyntax<UInt32>("whole seconds, " + allowed) { text throws(SyntaxFault) in
      let (seconds, fraction) = try read(text).components
      guard fraction == 0, let whole = UInt32(exactly: seconds) else {
        throw SyntaxFault(reason: "has a fraction, which the kernel cannot keep")
      }
      return whole
    }
  }
}

extension Duration {
  /// Reads `6`, `0.5` or `.5`: seconds with up to nine decimals.
  fileprivate init?(secondsText text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first,
      parts.count == 1 || (1...9).contains(parts[1].utf8.count),
      parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }), text.utf8.count <= 20,
      parts.joined() != "",
      let seconds = whole.isEmpty ? 0 : Int64(whole), seconds < 1 << 40
    else { return nil }
    let decimals = parts.count == 2 ? String(parts[1]) : ""
    let nanoseconds = Int64(decimals + String(repeating: "0", count: 9 - decimals.utf8.count)) ?? 0
    self = .seconds(seconds) + .nanoseconds(nanoseconds)
  }

  /// The text that the configuration uses for whole and tenth seconds.
  fileprivate var secondsText: String {
    let (seconds, attoseconds) = components
    return attoseconds == 0 ? "\(seconds)" : "\(seconds).\(attoseconds / 100_000_000_000_000_000)"
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
