public import LoadBalancing

/// The source address that servers see on packets with one of our marks.
public enum SourceTranslation: Hashable, Sendable {
  /// That of the interface on which the packet leaves.
  case masquerade
  case address(IPAddress)

  /// Which packets: one mark of one family (the same mark may belong to a service of each family).
  public struct Key: Hashable, Sendable, Comparable {
    public var mark: UInt32
    public var family: AddressFamily

    public init(mark: UInt32, family: AddressFamily) {
      self.mark = mark
      self.family = family
    }

    public static func < (left: Key, right: Key) -> Bool {
      left.mark == right.mark ? left.family == .inet && right.family == .inet6 : left.mark < right.mark
    }
  }
}

extension SourceTranslation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .masquerade: "masquerade"
    case .address(let address): "source address \(address)"
    }
  }
}

extension SourceTranslation.Key: CustomStringConvertible {
  public var description: String { "mark \(mark) (\(family == .inet ? "IPv4" : "IPv6"))" }
}
