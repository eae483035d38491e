import Glibc

/// Replaces whole files so that a reader, a crash or a power cut sees the old bytes or the new, never a mixture.
///
/// Blocks, so not for the cooperative pool.
public enum AtomicFile {
  /// A step of a save, a system call each.
  enum Step: Int, CaseIterable {
    case create, write, changeOwner, changeMode, syncFile, rename, syncDirectory
  }

  /// Is told of each step that comes next, in every save of the task: for tests that crash there.
  struct Observer: Sendable {
    let before: @Sendable (Step) -> Void
  }
  @TaskLocal static var observer: Observer?

  /// Writes a temporary file beside the path, syncs it, renames it and syncs the directory.
  ///
  /// An existing file keeps its owner and mode; a new one that root makes belongs to whom its directory belongs to. The
  /// temporary file's name begins with a dot.
  ///
  /// - Parameters:
  ///   - bytes: the whole new content.
  ///   - path: the file to replace or to make; its directory must exist.
  ///   - permissions: the mode of a new file, as in chmod(2).
  ///   - followsLinks: whether a symbolic link stays and what it names is replaced, or the link itself.
  /// - Throws: ``SystemError``; the file is as it was then, unless only the directory's sync failed.
  public static func write(
    _ bytes: [UInt8], to path: String, permissions: UInt32 = 0o600, followsLinks: Bool = true
  ) throws(SystemError) {
    let target = followsLinks ? resolvingLinks(path) : path
    let (directory, name) = split(target)
    let random = UInt64.random(in: .min ... .max)
    let temporary = "\(directory)/.\(name).\(String(random, radix: 16))"
    do {
      try write(bytes, toNew: temporary, in: directory, like: target, permissions: permissions)
      observer?.before(.rename)
      try systemCall("rename \(temporary) to \(target)") { unsafe rename(temporary, target) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    observer?.before(.syncDirectory)
    let folder = OwnedDescriptor(
      try systemCall("open \(directory)") { unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    try systemCall("sync \(directory)") { fsync(folder.rawValue) }
  }

  private static func write(
    _ bytes: [UInt8], toNew path: String, in directory: String, like existing: String, permissions: UInt32
  ) throws(SystemError) {
    observer?.before(.create)
    let file = OwnedDescriptor(
      try systemCall("create \(path)") {
        unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      })
    var written = 0
    while written < bytes.count {
      observer?.before(.write)
      written += try systemCall("write \(path)") {
        unsafe bytes.withUnsafeBytes { buffer in
          let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
          return unsafe Glibc.write(file.rawValue, rest.baseAddress, rest.count)
        }
      }
    }
    var status = stat()
    let mode: UInt32
    if unsafe lstat(existing, &status) == 0, status.st_mode & S_IFMT != S_IFLNK {
      observer?.before(.changeOwner)
      try keepOwner(of: existing, status, for: file)
      mode = status.st_mode & 0o7777
    } else {
      giveToOwner(of: directory, file)
      mode = permissions
    }
    // After the owner: chown(2) clears the set-ID bits. And beyond the umask: the caller names the exact mode.
    observer?.before(.changeMode)
    try systemCall("change the mode of \(path)") { fchmod(file.rawValue, mode) }
    observer?.before(.syncFile)
    try systemCall("sync \(path)") { fsync(file.rawValue) }
  }

  /// Asks for nothing where the new file's owner is right already: a confined process may not ask at all.
  private static func keepOwner(
    of existing: String, _ status: stat, for file: borrowing OwnedDescriptor
  ) throws(SystemError) {
    var own = stat()
    guard unsafe fstat(file.rawValue, &own) != 0 || own.st_uid != status.st_uid || own.st_gid != status.st_gid else {
      return
    }
    try systemCall("keep the owner of \(existing)") { fchown(file.rawValue, status.st_uid, status.st_gid) }
  }

  /// Or a daemon that is not root could not read what root has made for it. A confined root may not, which is no failure.
  private static func giveToOwner(of directory: String, _ file: borrowing OwnedDescriptor) {
    var status = stat()
    guard geteuid() == 0, unsafe stat(directory, &status) == 0, status.st_uid != 0 else { return }
    fchown(file.rawValue, status.st_uid, status.st_gid)
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private static func split(_ path: String) -> (directory: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, path[path.index(after: slash)...])
  }
}
