public import LoadBalancing

/// A host on a link, as the kernel knows it (`ip neighbour`).
public struct Neighbour: Hashable, Sendable {
  public var address: IPAddress
  public var hardware: HardwareAddress

  public init(address: IPAddress, hardware: HardwareAddress) {
    self.address = address
    self.hardware = hardware
  }
}
