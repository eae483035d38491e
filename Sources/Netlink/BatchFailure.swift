/// One message of a batch that the kernel refused.
public struct BatchFailure: Hashable, Sendable {
  /// The message's place in the batch, from 0.
  public let index: Int
  /// The kernel's errno, positive.
  public let errno: Int32
  /// The kernel's own words, where it has some.
  public let detail: String?

  public init(index: Int, errno: Int32, detail: String? = nil) {
    self.index = index
    self.errno = errno
    self.detail = detail
  }
}

/// How much is sent before the kernel's answers are read.
public struct BatchLimits: Hashable, Sendable {
  public var messagesMax: Int
  public var bytesMax: Int

  /// At most 256 messages and 32 KiB: a receive buffer of the default size holds 277 replies.
  public init(messagesMax: Int = 256, bytesMax: Int = 32 << 10) {
    self.messagesMax = max(messagesMax, 1)
    self.bytesMax = bytesMax
  }
}
