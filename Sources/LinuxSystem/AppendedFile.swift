import Glibc

/// A file that grows by whole pieces at its end; blocks, so not for the cooperative pool.
public struct AppendedFile: ~Copyable, Sendable {
  private let path: String
  private let file: OwnedDescriptor

  /// Opens the file, or makes it; a symbolic link is not followed.
  ///
  /// - Parameter permissions: the mode of a new file, as in chmod(2).
  /// - Throws: ``SystemError``, ELOOP for a symbolic link.
  public init(_ path: String, permissions: UInt32) throws(SystemError) {
    self.path = path
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW
    file = OwnedDescriptor(try systemCall("open \(path)") { unsafe open(path, flags, permissions) })
  }

  public var size: Int {
    get throws(SystemError) {
      let descriptor = file.rawValue
      return Int(try systemCall("look at the end of \(path)") { lseek(descriptor, 0, SEEK_END) })
    }
  }

  /// Writes a line, all or nothing; what a power cut has torn before it gets an end of its own.
  ///
  /// - Parameters:
  ///   - line: with its end.
  ///   - end: the size of the file.
  /// - Throws: ``SystemError``, ENOSPC or EDQUOT when the disk is full.
  public func append(_ line: [UInt8], at end: Int) throws(SystemError) {
    let (path, descriptor) = (path, file.rawValue)
    var last = UInt8(ascii: "\n")
    if end > 0 { try systemCall("read \(path)") { unsafe pread(descriptor, &last, 1, off_t(end - 1)) } }
    let bytes = (last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + line
    do throws(SystemError) {
      let written = try systemCall("write \(path)") { unsafe write(descriptor, bytes, bytes.count) }
      guard written == bytes.count else { throw SystemError("write \(path)", errno: ENOSPC) }
    } catch {
      ftruncate(descriptor, off_t(end))
      throw error
    }
  }
}
