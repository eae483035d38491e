import Glibc
import LinuxSystem

/// What tells that configuration files have changed: who they are, their sizes and their times.
///
/// Looking is cheap and sees every way in which editors, rsync and people write files, on any file system.
struct FileFingerprints: Equatable {
  private struct Fingerprint: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  private var files: [String: Fingerprint] = [:]

  /// Looks at the files now; blocks, so not for the cooperative pool.
  init(of paths: [String]) {
    for path in paths {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { continue }
      files[path] = Fingerprint(
        inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec)
    }
  }
}
