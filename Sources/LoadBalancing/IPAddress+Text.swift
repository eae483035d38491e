extension IPAddress: LosslessStringConvertible {
  /// Reads dotted decimal IPv4 (four numbers, no leading zeros) or IPv6 text; nil for anything else.
  ///
  /// Source: RFC 4291 section 2.2 and RFC 6943 section 3.1.1.
  public init?(_ text: String) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      guard let value = IPAddress.parseIPv6(text) else { return nil }
      self.init(family: .inet6, value: value)
    } else {
      guard let value = IPAddress.parseIPv4(text[...]) else { return nil }
      self.init(family: .inet, value: UInt128(value))
    }
  }

  /// The canonical text: dotted decimal, or RFC 5952 for IPv6.
  public var description: String {
    family == .inet ? bytes.map(String.init).joined(separator: ".") : IPAddress.formatIPv6(value)
  }

  private static func parseIPv4(_ text: Substring) -> UInt32? {
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        (octet, digits, dots) = (0, 0, dots + 1)
      } else {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits == 0 || octet > 0 else { return nil }
        octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
        digits += 1
        guard octet <= 255 else { return nil }
      }
    }
    return dots == 3 && digits > 0 ? value << 8 | octet : nil
  }

  private static func parseIPv6(_ text: String) -> UInt128? {
    var halves: [Substring] = []
    if let gap = text.firstRange(ofDoubleColon: ()) {
      halves = [text[..<gap.lowerBound], text[gap.upperBound...]]
    } else {
      halves = [text[...]]
    }
    var groups: [[UInt16]] = []
    for (index, half) in halves.enumerated() {
      guard let parsed = parseGroups(half, mayEndInIPv4: index == halves.count - 1) else { return nil }
      groups.append(parsed)
    }
    let count = groups.reduce(0) { $0 + $1.count }
    if groups.count == 1 {
      guard count == 8 else { return nil }
    } else {
      guard count <= 7 else { return nil }
      groups.insert([UInt16](repeating: 0, count: 8 - count), at: 1)
    }
    return groups.joined().reduce(0) { $0 << 16 | UInt128($1) }
  }

  private static func parseGroups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if mayEndInIPv4, index == parts.count - 1, part.contains(".") {
        guard let embedded = parseIPv4(part) else { return nil }
        groups += [UInt16(embedded >> 16), UInt16(truncatingIfNeeded: embedded)]
      } else {
        guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
        else { return nil }
        groups.append(group)
      }
    }
    return groups
  }

  private static func formatIPv6(_ value: UInt128) -> String {
    if value >> 32 == 0xFFFF {
      return "::ffff:" + IPAddress(family: .inet, value: value).description
    }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
    let zeros = longestRunOfZeros(in: groups)
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard zeros.count > 1 else { return text(0..<8) }
    return text(0..<zeros.lowerBound) + "::" + text(zeros.upperBound..<8)
  }

  private static func longestRunOfZeros(in groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}

extension String {
  fileprivate func firstRange(ofDoubleColon: Void) -> Range<Index>? {
    var previous: Index?
    for index in indices {
      if self[index] == ":", let before = previous, self[before] == ":" {
        return before..<self.index(after: index)
      }
      previous = index
    }
    return nil
  }
}

extension IPAddress: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let address = IPAddress(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not an IP address"))
    }
    self = address
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
