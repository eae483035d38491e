/// Nobody is served by two servers at a time.
///
/// A connection is live at a moment when a line that it sends after that moment comes back. The newest server counts from
/// the moment its first answer arrived to a connection opened after the answers of the one before; a connection that was
/// open by then and still gets an answer to a later line from another server is live beside it: that breaks the rule.
struct OneServerRule {
  enum Verdict { case agrees, switched, broken }

  private(set) var server: String?
  private(set) var since: UInt64 = 0

  mutating func observe(
    _ name: String, openedAt: UInt64, sentAt: UInt64, receivedAt: UInt64
  ) -> Verdict {
    guard let server else {
      self.server = name
      since = receivedAt
      return .switched
    }
    if name == server { return .agrees }
    if openedAt > since {
      self.server = name
      since = receivedAt
      return .switched
    }
    return sentAt > since ? .broken : .agrees
  }
}
