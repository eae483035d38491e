/// The header of a netlink message (`struct nlmsghdr` in `linux/netlink.h`).
public struct MessageHeader: Hashable, Sendable {
  /// The header's size in bytes.
  public static let byteCount = 16

  /// The message's length in bytes, header included.
  public let length: UInt32
  public let type: UInt16
  public let flags: MessageFlags
  /// The number of the request that is answered; 0 in most notifications.
  public let sequence: UInt32
  /// The port of the socket that asked.
  public let port: UInt32

  public init(length: UInt32, type: UInt16, flags: MessageFlags, sequence: UInt32, port: UInt32) {
    self.length = length
    self.type = type
    self.flags = flags
    self.sequence = sequence
    self.port = port
  }
}
