import CLibNL
import Glibc

/// The kernel's error numbers, as words.
public enum KernelErrno {
  public static let notPermitted: Int32 = EPERM
  public static let notFound: Int32 = ENOENT
  public static let noSuchProcess: Int32 = ESRCH

  /// The message, symbolic name and number: "Operation not permitted (EPERM, errno 1)".
  public static func text(_ errno: Int32) -> String {
    let words = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown error"
    guard let name = unsafe strerrorname_np(errno) else { return "\(words) (errno \(errno))" }
    return unsafe "\(words) (\(String(cString: name)), errno \(errno))"
  }
}
