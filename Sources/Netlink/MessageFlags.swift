/// The flags of a message (`NLM_F_…` in `linux/netlink.h`); some bits mean one thing in requests, another in replies.
public struct MessageFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let request = MessageFlags(rawValue: 0x01)
  /// One of several messages that ``MessageType/done`` ends.
  public static let multipart = MessageFlags(rawValue: 0x02)
  public static let acknowledge = MessageFlags(rawValue: 0x04)
  public static let echo = MessageFlags(rawValue: 0x08)
  /// What was listed changed meanwhile, the list may be inconsistent.
  public static let dumpInterrupted = MessageFlags(rawValue: 0x10)

  // In requests that list
  public static let dump = MessageFlags(rawValue: 0x300)

  // In requests that create
  public static let replace = MessageFlags(rawValue: 0x100)
  public static let exclusive = MessageFlags(rawValue: 0x200)
  public static let create = MessageFlags(rawValue: 0x400)
  public static let append = MessageFlags(rawValue: 0x800)

  // In requests that delete
  public static let nonRecursive = MessageFlags(rawValue: 0x100)

  // In acknowledgements
  /// The request is not repeated in full.
  public static let capped = MessageFlags(rawValue: 0x100)
  /// Attributes with the kernel's own words follow.
  public static let extended = MessageFlags(rawValue: 0x200)
}

/// Message types that mean the same in every netlink protocol (`NLMSG_…` in `linux/netlink.h`).
public enum MessageType {
  public static let noOperation: UInt16 = 1
  public static let error: UInt16 = 2
  public static let done: UInt16 = 3
  public static let overrun: UInt16 = 4
}
