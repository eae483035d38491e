/// The packets that a rule of policy routing takes by their mark (`ip rule … fwmark VALUE/MASK`).
public struct RoutingMark: Hashable, Sendable {
  public var value: UInt32
  public var mask: UInt32

  public init(value: UInt32, mask: UInt32) {
    self.value = value
    self.mask = mask
  }

  /// Whether a packet with this mark falls under the rule.
  public func matches(_ mark: UInt32) -> Bool { mark & mask == value & mask }
}
