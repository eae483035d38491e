import Glibc
import LinuxSystem

/// The names in a directory.
enum DirectoryListing {
  /// As bytes, since a file's name need not be text; in byte order.
  static func names(in directory: String) throws(SystemError) -> [[UInt8]] {
    guard let stream = unsafe opendir(directory) else { throw SystemError("read \(directory)", errno: errno) }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      names.append(unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) })
    }
    guard errno == 0 else { throw SystemError("read \(directory)", errno: errno) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
