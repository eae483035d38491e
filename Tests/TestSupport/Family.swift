/// The addresses of one family on a test's network: `near` is the servers' subnet, `far` that of clients beyond.
public struct Family: Sendable, CustomStringConvertible {
  public let description: String
  public let near: String
  public let far: String
  public let length: Int
  /// Where a server listens on every address.
  public let any: String

  public static let inet = Family(
    description: "IPv4", near: "192.168.1.", far: "10.7.0.", length: 24, any: "0.0.0.0")
  public static let inet6 = Family(
    description: "IPv6", near: "2001:470:1f09:e72::", far: "2001:470:1f09:e73::", length: 64, any: "::")
  public static let all = [inet, inet6]

  public var isIPv4: Bool { any == "0.0.0.0" }
  /// The option of `ip`.
  public var option: String { isIPv4 ? "-4" : "-6" }
  /// Behind an address that `ip` adds, so that it is up at once.
  public var nodad: String { isIPv4 ? "" : "nodad" }

  public var vip: String { near + "15" }
  /// The virtual address as `ip` takes it.
  public var single: String { isIPv4 ? "\(vip)/32" : "\(vip)/128" }
  public var client: String { near + "50" }
  public func rip(_ index: Int) -> String { near + "2\(index)" }
  public func with(_ address: String) -> String { "\(address)/\(length)" }
}
