import Glibc
import LinuxSystem

/// A lock on a directory, held as long as the value lives; it leaves no file behind.
final class DirectoryLock {
  /// Who reads the directory can lock it, so nobody waits for longer than a second.
  private static let attemptsMax = 100
  private static let pauseMicroseconds: UInt32 = 10_000

  private let descriptor: Int32

  /// Waits for at most a second.
  ///
  /// - Throws: EWOULDBLOCK when another holds it for longer.
  init(_ directory: String) throws(SystemError) {
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open \(directory)", errno: errno) }
    for _ in 0..<Self.attemptsMax {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        self.descriptor = descriptor
        return
      }
      guard errno == EWOULDBLOCK || errno == EINTR else { break }
      usleep(Self.pauseMicroseconds)
    }
    let error = errno
    close(descriptor)
    throw SystemError("lock \(directory)", errno: error)
  }

  deinit { close(descriptor) }
}
