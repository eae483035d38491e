/// The family of an IP address.
public enum AddressFamily: String, Hashable, Sendable, CaseIterable, Codable {
  case inet
  case inet6

  /// The length of an address of this family, in bits: 32 or 128.
  public var addressBits: Int { self == .inet ? 32 : 128 }
}
