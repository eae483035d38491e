/// A network interface as the kernel shows it.
public struct NetworkLink: Hashable, Sendable {
  public var index: UInt32
  public var name: String
  /// Whether an administrator has set it up.
  public var isUp: Bool
  /// Whether there is a link at the other end.
  public var hasCarrier: Bool
  public var isLoopback: Bool
  /// Whether it carries Ethernet frames.
  public var isEthernet: Bool
  /// nil where the interface has none, or none of six bytes.
  public var hardwareAddress: HardwareAddress?
  /// The largest packet, in bytes.
  public var mtu: UInt32

  public init(
    index: UInt32, name: String, isUp: Bool = true, hasCarrier: Bool = true, isLoopback: Bool = false,
    isEthernet: Bool = true, hardwareAddress: HardwareAddress? = nil, mtu: UInt32 = 1500
  ) {
    self.index = index
    self.name = name
    self.isUp = isUp
    self.hasCarrier = hasCarrier
    self.isLoopback = isLoopback
    self.isEthernet = isEthernet
    self.hardwareAddress = hardwareAddress
    self.mtu = mtu
  }
}
