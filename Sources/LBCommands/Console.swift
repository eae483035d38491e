import Glibc

/// Where texts go.
public struct Console: Sendable {
  /// Results; a line each.
  public var output: @Sendable (String) -> Void
  /// What went wrong; a line each.
  public var error: @Sendable (String) -> Void
  /// Text that brings its own ends of lines, as when a terminal is drawn anew.
  public var draw: @Sendable (String) -> Void

  public init(
    output: @escaping @Sendable (String) -> Void, error: @escaping @Sendable (String) -> Void,
    draw: @escaping @Sendable (String) -> Void
  ) {
    self.output = output
    self.error = error
    self.draw = draw
  }

  /// Standard output and standard error of this process, which ends when nobody reads them any more.
  public static let process = Console(
    output: { write($0 + "\n", to: STDOUT_FILENO) },
    error: { write($0 + "\n", to: STDERR_FILENO) },
    draw: { write($0, to: STDOUT_FILENO) })

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        exit(ExitStatus.failed.rawValue)
      }
    }
  }
}
