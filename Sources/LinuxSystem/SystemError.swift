import CLinux
import Glibc

/// A system call that failed: what was tried and the kernel's raw answer.
public struct SystemError: Error, Hashable, Sendable {
  /// The raw error number, errno(3).
  public let errno: Int32
  /// What was tried, with its object: `connect to 10.0.0.1:80`.
  public let operation: String

  public init(_ operation: String, errno: Int32) {
    self.errno = errno
    self.operation = operation
  }

  /// The name of the error number in errno(3): `ECONNREFUSED`; `errno 999` when there is none.
  public var name: String {
    guard let name = unsafe clinux_error_name(errno) else { return "errno \(errno)" }
    return unsafe String(cString: name)
  }

  /// The C library's words for the error number: `Connection refused`.
  public var meaning: String {
    guard let words = unsafe clinux_error_meaning(errno) else { return "Unknown error" }
    return unsafe String(cString: words)
  }
}

extension SystemError {
  /// Whether the right to do it was missing.
  public var isDenied: Bool { errno == EACCES || errno == EPERM }
}

extension SystemError: CustomStringConvertible {
  /// `connect to 10.0.0.1:80: Connection refused (ECONNREFUSED, errno 111)`.
  public var description: String { "\(operation): \(meaning) (\(name), errno \(errno))" }
}
