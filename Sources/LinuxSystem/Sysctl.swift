import Glibc

/// The kernel's settings under /proc/sys, sysctl(8).
///
/// Names have slashes, as interface names may contain dots: `net/ipv4/conf/eth0.5/forwarding`.
public enum Sysctl {
  /// The value without its line end.
  ///
  /// - Throws: ``SystemError``: ENOENT when the kernel (or a module not loaded yet) has no such setting.
  public static func read(_ name: String) throws(SystemError) -> String {
    try read(name, under: root)
  }

  /// Sets a value.
  ///
  /// - Throws: ``SystemError``: ENOENT as for reading, EACCES or EPERM without the right, EINVAL for a value that the
  ///   kernel refuses.
  public static func write(_ name: String, _ value: String) throws(SystemError) {
    try write(name, value, under: root)
  }

  private static let root = "/proc/sys"
  private static let valueBytesMax = 64 * 1024

  static func read(_ name: String, under root: String) throws(SystemError) -> String {
    let bytes = try BoundedFile.read(try path(of: name, under: root), bytesMax: valueBytesMax)
    let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  static func write(_ name: String, _ value: String, under root: String) throws(SystemError) {
    let path = try path(of: name, under: root)
    let file = OwnedDescriptor(
      try systemCall("open \(path)") { unsafe open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY) })
    let line = Array(value.utf8) + [UInt8(ascii: "\n")]
    // One write: the kernel takes a setting's value from a single call.
    let count = try systemCall("write \(value) to \(path)") { unsafe Glibc.write(file.rawValue, line, line.count) }
    guard count == line.count else { throw SystemError("write \(value) to \(path)", errno: EIO) }
  }

  /// Interface names come from configurations: a name may not lead out of the tree.
  private static func path(of name: String, under root: String) throws(SystemError) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      throw SystemError("sysctl '\(name)'", errno: EINVAL)
    }
    return "\(root)/\(name)"
  }
}
