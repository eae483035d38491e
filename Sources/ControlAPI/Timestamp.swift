public import FoundationEssentials

/// A moment in whole seconds, written as ISO 8601 in UTC: `2026-11-20T10:00:00Z`.
public struct Timestamp: Hashable, Sendable, Comparable {
  /// Since the beginning of 1970 in UTC.
  public var seconds: Int64

  public init(seconds: Int64) {
    self.seconds = seconds
  }

  /// Fractions of a second are cut off.
  public init(_ date: Date) {
    self.init(seconds: Int64(date.timeIntervalSince1970.rounded(.down)))
  }

  public static var now: Timestamp { Timestamp(Date()) }

  public var date: Date { Date(timeIntervalSince1970: Double(seconds)) }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
}

extension Timestamp: LosslessStringConvertible {
  public init?(_ text: String) {
    guard let date = try? Date(text, strategy: .iso8601) else { return nil }
    self.init(date)
  }

  public var description: String { date.formatted(.iso8601) }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let moment = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no ISO 8601 time")
    }
    self = moment
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
