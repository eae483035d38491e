import Glibc

/// Reads whole files whose size has a limit; blocks, so not for the cooperative pool.
public enum BoundedFile {
  /// The bytes of a file.
  ///
  /// - Throws: ``SystemError`` with errno of open(2) or read(2), EFBIG for a file of more than `bytesMax`.
  public static func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
    let file = OwnedDescriptor(
      try systemCall("open \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) })
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
