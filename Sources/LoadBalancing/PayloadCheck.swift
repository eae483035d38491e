/// What a reply must contain.
public enum Expectation: Hashable, Sendable {
  /// These bytes, anywhere.
  case text([UInt8])
  /// A match of this regular expression, anywhere.
  case regex(String)
}

/// The kinds `tcp` and `udp`: bytes sent as they are, a reply compared.
public struct PayloadCheck: Hashable, Sendable {
  /// Empty: nothing is sent over TCP, an empty datagram over UDP.
  public var send: [UInt8]
  /// nil: over TCP the connection is enough, over UDP that no error comes back.
  public var expectation: Expectation?

  public init(send: [UInt8] = [], expectation: Expectation? = nil) {
    self.send = send
    self.expectation = expectation
  }
}
