public import LoadBalancing

/// An address on an interface.
public struct InterfaceAddress: Hashable, Sendable, CustomStringConvertible {
  public var address: IPAddress
  public var prefixLength: Int
  /// The interface's name.
  public var interface: String

  public init(address: IPAddress, prefixLength: Int, interface: String) {
    self.address = address
    self.prefixLength = prefixLength
    self.interface = interface
  }

  /// A virtual address: one that is alone in its subnet, /32 or /128.
  public init(virtual address: IPAddress, interface: String) {
    self.init(address: address, prefixLength: address.family.addressBits, interface: interface)
  }

  public var isVirtual: Bool { prefixLength == address.family.addressBits }

  public var subnet: Subnet { Subnet(address, prefixLength: prefixLength) }

  /// `10.10.90.199/32 on eth0`
  public var description: String { "\(address)/\(prefixLength) on \(interface)" }
}

/// An address that an interface has.
public struct ObservedAddress: Hashable, Sendable {
  /// What the kernel says about an address (`IFA_F_…` in `linux/if_addr.h`).
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Found to be in use elsewhere by duplicate-address detection.
    public static let duplicate = Flags(rawValue: 0x08)
    /// Never the source of new connections, unless there is no other.
    public static let deprecated = Flags(rawValue: 0x20)
    /// Not yet usable: duplicate-address detection goes on.
    public static let tentative = Flags(rawValue: 0x40)
  }

  public var place: InterfaceAddress
  /// Whether it carries our tag. Kernels before 5.18 keep none: there it is false for ours too.
  public var isOurs: Bool
  public var flags: Flags

  public init(_ place: InterfaceAddress, isOurs: Bool = false, flags: Flags = []) {
    self.place = place
    self.isOurs = isOurs
    self.flags = flags
  }
}
