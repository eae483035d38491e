import Glibc
import LinuxSystem

/// The directory of lbd's state.
enum StateDirectory {
  /// Makes the directory where it is missing; its parent must be there.
  static func make(_ path: String) throws(SystemError) {
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw SystemError("make the directory \(path)", errno: errno)
  }
}
