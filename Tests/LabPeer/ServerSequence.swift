/// Which server answers, in the order of the answers.
///
/// A connection lives on a server at the moments when its lines come back from there. Where clients have one server at a
/// time, the answers fall into blocks, one for each time that a server takes over: two servers that serve side by side,
/// be it for two connections of one client or of two, show as further blocks. An answer to a line sent before
/// the newest block began was on its way by then and tells nothing.
struct ServerSequence {
  private(set) var server: String?
  private(set) var since: UInt64 = 0

  /// Whether this answer begins a new block.
  mutating func beginsBlock(_ name: String, sentAt: UInt64, receivedAt: UInt64) -> Bool {
    if name == server || (server != nil && sentAt <= since) { return false }
    server = name
    since = receivedAt
    return true
  }
}
