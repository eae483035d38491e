import Glibc
import LinuxSystem

/// The process's user and groups.
enum Privileges {
  /// Becomes a user of the system for good, with its primary group alone and no capabilities.
  ///
  /// - Throws: ``SystemError`` when there is no such user (ENOENT) or the process may not change (EPERM).
  static func become(_ name: String) throws(SystemError) {
    guard let entry = unsafe getpwnam(name) else { throw SystemError("look up the user \(name)", errno: ENOENT) }
    let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
    guard user != geteuid() else { return }
    guard setgroups(0, nil) == 0, setgid(group) == 0, setuid(user) == 0 else {
      throw SystemError("become the user \(name)", errno: errno)
    }
  }
}
