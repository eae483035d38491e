/// A netlink socket at the level of bytes: the seam where tests put a kernel of their own.
///
/// Not sendable: one socket belongs to one thread.
public protocol NetlinkTransport: AnyObject {
  /// The socket's own address, which every reply to it carries.
  var portID: UInt32 { get }

  /// Sends one datagram to the kernel.
  ///
  /// - Throws: ``NetlinkError/Code/system(_:)`` or ``NetlinkError/Code/messageTooLarge``.
  func send(_ bytes: [UInt8]) throws(NetlinkError)

  /// Puts the next datagram at the start of the buffer, which keeps its size, and returns the datagram's length.
  ///
  /// Waits until `deadline`; when that has passed it takes what is there without waiting.
  /// - Throws: ``NetlinkError/Code/timedOut``, ``NetlinkError/Code/repliesLost`` or
  ///   ``NetlinkError/Code/system(_:)``; ``NetlinkError/Code/malformedReply`` for a datagram larger than the buffer.
  func receive(into buffer: inout [UInt8], deadline: ContinuousClock.Instant) throws(NetlinkError) -> Int
}
