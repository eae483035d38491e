/// A set of ports as sorted ranges that do not overlap.
///
/// Neighbours stay apart as they were written: `80,81` are two single ports, each checked by itself, `80-81` is a range.
public struct PortSet: Hashable, Sendable {
  public let ranges: [ClosedRange<UInt16>]

  /// Every port: what `*` means.
  public static let all = PortSet([0...UInt16.max])

  /// Merges ranges that overlap.
  public init(_ ranges: some Sequence<ClosedRange<UInt16>>) {
    var merged: [ClosedRange<UInt16>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
  }

  public init(_ port: UInt16) { self.init([port...port]) }

  public var isAll: Bool { self == .all }

  /// How many ports the set holds.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// The port, when the set holds just one.
  public var only: UInt16? { count == 1 ? ranges.first?.lowerBound : nil }

  /// The ports that stand alone, in order.
  public var singles: [UInt16] { ranges.filter { $0.count == 1 }.map(\.lowerBound) }

  public func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

  public func intersection(_ other: PortSet) -> PortSet {
    PortSet(
      ranges.flatMap { range in
        other.ranges.filter { $0.overlaps(range) }.map { $0.clamped(to: range) }
      })
  }
}

extension PortSet: CustomStringConvertible {
  /// The text of the configuration: `104,1099,50000-60000` or `*`.
  public var description: String {
    guard !isAll else { return "*" }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(
      separator: ",")
  }
}

extension PortSet {
  /// Why a text is no set of ports.
  public struct ParseError: Error, Hashable, CustomStringConvertible {
    /// The part of the text that is wrong.
    public let part: String
    public let reason: String
    public var description: String { "'\(part)' \(reason)" }
  }

  /// Reads ports and ranges separated by commas, or `*`; blanks are allowed around each number.
  ///
  /// - Throws: ``ParseError`` that names the first part that is wrong.
  public init(parsing text: String) throws(ParseError) {
    if PortSet.trimmed(text[...]) == "*" {
      self = .all
      return
    }
    var ranges: [ClosedRange<UInt16>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      ranges.append(try PortSet.parseRange(PortSet.trimmed(part)))
    }
    self.init(ranges)
  }

  private static func parseRange(_ part: Substring) throws(ParseError) -> ClosedRange<UInt16> {
    let ends = part.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = ends.first, let last = ends.last else {
      throw ParseError(part: String(part), reason: "is not a port or a range like 50000-60000")
    }
    let lower = try parsePort(trimmed(first), in: part)
    let upper = try parsePort(trimmed(last), in: part)
    guard lower <= upper else {
      throw ParseError(part: String(part), reason: "is a range that ends before it begins; write \(upper)-\(lower)")
    }
    return lower...upper
  }

  private static func parsePort(_ text: Substring, in part: Substring) throws(ParseError) -> UInt16 {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      let reason = part.isEmpty ? "is empty: a comma too many" : "is not a port or a range like 50000-60000"
      throw ParseError(part: String(part), reason: reason)
    }
    guard let port = UInt16(text), port > 0 else {
      throw ParseError(part: String(part), reason: "is not a port: 1 to 65535 are allowed")
    }
    return port
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...end]
  }
}
