import Glibc

/// A file descriptor that has one owner and is closed with it.
public struct OwnedDescriptor: ~Copyable, Sendable {
  /// The number, for system calls while the owner lives.
  public let rawValue: Int32

  /// Takes over a descriptor that nobody else closes.
  public init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// Gives the number away; whoever takes it closes it.
  public consuming func take() -> Int32 {
    let number = rawValue
    discard self
    return number
  }

  deinit {
    // Never again after EINTR: Linux has freed the number by then, and it may be somebody else's already (close(2)).
    Glibc.close(rawValue)
  }
}
