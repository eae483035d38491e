import Glibc
import LinuxSystem

extension ConfigurationSources {
  /// For those who may edit, in a directory that hands its group on; files may hold passwords of health checks.
  private static let newFilePermissions: UInt32 = 0o660
  /// What a file that no longer belongs to the configuration gets behind its name, so that it is not read.
  static let asideSuffix = ".rolled-back"

  /// Makes the files on disk those of an earlier configuration; blocks while it writes.
  ///
  /// Drop-ins that the earlier configuration did not have are kept under another name, which is not read.
  ///
  /// - Throws: ``EditError``; the files are as they were then, as far as they could be read and can be written.
  public func restore(_ files: [SourceFile]) throws(EditError) {
    try locked { () throws(EditError) in
      let (before, unread) = read()
      do throws(EditError) {
        try replaceAll(with: files)
      } catch {
        // Half of one and half of the other is a configuration that nobody wrote.
        if unread.isEmpty { try? replaceAll(with: before) }
        throw error
      }
    }
  }

  private func replaceAll(with files: [SourceFile]) throws(EditError) {
    let kept = Set(files.map(\.path))
    for file in files where try bytes(of: file.path) != file.bytes { try write(file.bytes, to: file.path) }
    for path in paths().paths where !kept.contains(path) {
      guard unsafe rename(path, path + Self.asideSuffix) == 0 else {
        throw EditError(SystemError("rename \(path)", errno: errno))
      }
    }
  }

  func write(_ bytes: [UInt8], to path: String) throws(EditError) {
    do throws(SystemError) {
      try AtomicFile.write(bytes, to: path, permissions: Self.newFilePermissions)
    } catch {
      throw EditError(error, remedy: remedy(for: error, path: path))
    }
  }

  /// What helps a daemon that is not root.
  private func remedy(for error: SystemError, path: String) -> String {
    switch error.errno {
    case EPERM: "; the file would lose its owner. Give it to lbd: chown lbd:lbd-admin \(path) && chmod 0660 \(path)"
    case EACCES, EROFS: "; let lbd write there: chown lbd:lbd-admin \(directory) && chmod 2770 \(directory)"
    default: ""
    }
  }

  /// The file's bytes as they are now; nil when it is not there.
  func bytes(of path: String) throws(EditError) -> [UInt8]? {
    do throws(SystemError) {
      return try BoundedFile.read(path, bytesMax: XMLLimits.fileBytesMax)
    } catch {
      if error.errno == ENOENT { return nil }
      throw EditError(error)
    }
  }

  /// Runs the body while no other process that edits these files does.
  func locked<Result>(_ body: () throws(EditError) -> Result) throws(EditError) -> Result {
    let lock: DirectoryLock
    do throws(SystemError) {
      lock = try DirectoryLock(directory)
    } catch {
      throw error.errno == EWOULDBLOCK ? .busy(path: directory) : EditError(error)
    }
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }

  /// The main file's directory, else that of the drop-ins.
  private var directory: String {
    guard let mainFile else { return dropInDirectory ?? "." }
    guard let slash = mainFile.lastIndex(of: "/") else { return "." }
    return slash == mainFile.startIndex ? "/" : String(mainFile[..<slash])
  }
}
