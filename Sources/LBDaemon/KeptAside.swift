import Glibc
import LinuxSystem

/// Keeps a damaged file under another name in its directory.
enum KeptAside {
  private static let copiesMax = 1000

  /// Renames the file to `NAME.damaged-N` with the first N that is free.
  ///
  /// - Returns: the new path.
  static func move(_ path: String) throws(SystemError) -> String {
    for number in 1...copiesMax {
      let kept = "\(path).damaged-\(number)"
      guard unsafe link(path, kept) == 0 else {
        if errno == EEXIST { continue }
        throw SystemError("keep \(path) as \(kept)", errno: errno)
      }
      guard unsafe unlink(path) == 0 else { throw SystemError("remove \(path)", errno: errno) }
      return kept
    }
    throw SystemError("keep \(path) aside", errno: EEXIST)
  }
}
