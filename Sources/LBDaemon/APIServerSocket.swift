import Glibc
import LinuxSystem
import NIOCore
import NIOPosix

/// The right to be the only lbd on a socket path, held until the object or the process ends.
///
/// It is claimed before anything in the kernel is touched. A lock on `PATH.lock` decides between two that start at the
/// same moment, and the kernel frees it when its holder crashes.
public final class APIServerSocket: Sendable {
  public let path: String
  private let lock: OwnedDescriptor

  private init(path: String, lock: consuming OwnedDescriptor) {
    self.path = path
    self.lock = lock
  }

  /// Throws ``APIServerError`` with the remedy when the path is taken or cannot be used.
  public static func claim(_ path: String) async throws(APIServerError) -> APIServerSocket {
    guard path.utf8.count <= pathBytesMax else { throw .pathTooLong(path) }
    let socket = APIServerSocket(path: path, lock: try takeLock(beside: path))
    switch try kind(of: path) {
    case .absent: break
    case .socket: if await isAnswered(path) { throw .answered(socket: path) }
    case .other: throw .notASocket(path)
    }
    return socket
  }

  /// The same for whoever only wants no daemon to serve the path meanwhile.
  ///
  /// - Returns: nil where the socket has no directory, as after `systemctl stop lbd`: no daemon serves there.
  static func claimIfDirectoryExists(_ path: String) async throws(APIServerError) -> APIServerSocket? {
    do throws(APIServerError) {
      return try await claim(path)
    } catch {
      guard case .directoryMissing = error else { throw error }
      return nil
    }
  }

  /// Lets everybody connect: who may do what is decided by the peer's user and groups.
  func open() throws(APIServerError) {
    guard unsafe chmod(path, 0o666) == 0 else { throw Self.failure(path, "change the mode of \(path)") }
  }

  /// Takes the socket out of the file system; the lock stays.
  func remove() {
    unsafe unlink(path)
  }

  /// `sun_path` of `struct sockaddr_un` without the closing zero (unix(7)).
  private static let pathBytesMax = 107

  private static func takeLock(beside path: String) throws(APIServerError) -> OwnedDescriptor {
    let lockPath = path + ".lock"
    // Whoever can open it could hold the lock, and lbd would never start.
    let number = unsafe Glibc.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else {
      let error = SystemError("open \(lockPath)", errno: errno)
      guard error.errno == ENOENT else { throw .failed(socket: path, error) }
      throw .directoryMissing(socket: path, directory: directory(of: path))
    }
    let lock = OwnedDescriptor(number)
    guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw failure(path, "lock \(lockPath)") }
      throw .heldByAnother(socket: path, processID: holder(of: lock.rawValue))
    }
    note(getpid(), in: lock.rawValue)
    return lock
  }

  /// Only for the message of whoever comes second, so that a failure does no harm.
  private static func note(_ processID: Int32, in lock: Int32) {
    guard ftruncate(lock, 0) == 0 else { return }
    let text = Array("\(processID)\n".utf8)
    _ = unsafe pwrite(lock, text, text.count, 0)
  }

  private static func holder(of lock: Int32) -> String? {
    var text = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(lock, &text, text.count, 0)
    guard count > 0, let number = Int32(String(decoding: text[..<count].prefix { $0 != 0x0A }, as: UTF8.self)) else {
      return nil
    }
    return "\(number)"
  }

  private enum Kind {
    case absent
    case socket
    case other
  }

  private static func kind(of path: String) throws(APIServerError) -> Kind {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return .absent }
      throw failure(path, "look at \(path)")
    }
    return status.st_mode & S_IFMT == S_IFSOCK ? .socket : .other
  }

  /// A socket that a crash left refuses connections.
  private static func isAnswered(_ path: String) async -> Bool {
    do {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(1))
        .connect(unixDomainSocketPath: path).get()
      channel.close(promise: nil)
      return true
    } catch let error as IOError where error.errnoCode == ECONNREFUSED || error.errnoCode == ENOENT {
      return false
    } catch {
      return true
    }
  }

  private static func failure(_ path: String, _ operation: String) -> APIServerError {
    .failed(socket: path, SystemError(operation, errno: errno))
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
