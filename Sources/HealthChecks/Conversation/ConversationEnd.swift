import LinuxSystem

/// How a conversation ended.
enum ConversationEnd: Hashable, Sendable {
  /// The server is well; the warning is one about its certificate.
  case passed(String, warning: String? = nil)
  case failed(String)
  /// There was no connection, or no answer to a datagram, while this was awaited.
  case unreached(WaitError, awaited: String)
  /// The connection broke, or took too long, while this was awaited.
  case broken(WaitError, awaited: String)
  /// It could not be held for a reason on this machine.
  case unready(String)
}
