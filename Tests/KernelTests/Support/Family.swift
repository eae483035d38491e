import Testing

/// The addresses of one family: `near` is the servers' subnet, `far` the clients'.
struct Family: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let near: String
  let far: String
  let length: Int
  let any: String

  static let inet = Family(testDescription: "IPv4", near: "192.168.1.", far: "10.7.0.", length: 24, any: "0.0.0.0")
  static let inet6 = Family(
    testDescription: "IPv6", near: "2001:470:1f09:e72::", far: "2001:470:1f09:e73::", length: 64, any: "::")
  static let all = [inet, inet6]

  /// The option of `ip`.
  var option: String { any == "::" ? "-6" : "-4" }

  func with(_ address: String) -> String { "\(address)/\(length)" }
}
