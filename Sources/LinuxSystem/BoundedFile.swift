import Glibc

/// Reads whole files whose size has a limit; blocks, so not for the cooperative pool.
public enum BoundedFile {
  /// The bytes of a file.
  ///
  /// - Throws: ``SystemError`` with errno of open(2) or read(2), EFBIG for a file of more than `bytesMax`, ELOOP for a
  ///   symbolic link that is not to be followed.
  public static func read(_ path: String, bytesMax: Int, followsLinks: Bool = true) throws(SystemError) -> [UInt8] {
    let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
    let file = OwnedDescriptor(try systemCall("open \(path)") { unsafe open(path, flags) })
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(bytesMax + 1, 64 * 1024))
    while true {
      let count = try systemCall("read \(path)") { unsafe Glibc.read(file.rawValue, &chunk, chunk.count) }
      if count == 0 { return bytes }
      guard bytes.count + count <= bytesMax else { throw SystemError("read \(path)", errno: EFBIG) }
      bytes += chunk[..<count]
    }
  }
}
