/// A text that is sent to servers and shown to nobody: every description of it, and of what holds it, hides it.
public struct Secret: Hashable, Sendable {
  /// The text itself, for the protocols that need it.
  public let exposed: String

  public init(_ text: String) { exposed = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A user and its password.
public struct Credentials: Hashable, Sendable {
  public var user: String
  public var password: Secret

  public init(user: String, password: Secret) {
    self.user = user
    self.password = password
  }
}
