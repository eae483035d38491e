import CLinux
import Glibc

/// Sockets with a name in the file system, unix(7), without a thread that waits.
public enum UnixSocket {
  /// Listens at a path where nobody else does; a socket that a crash left there is replaced.
  ///
  /// - Parameters:
  ///   - path: of at most 107 bytes.
  ///   - backlog: how many connections wait to be accepted; others are refused with EAGAIN.
  /// - Returns: the socket, non-blocking and closed on exec; its owner alone may connect.
  /// - Throws: ``SystemError``, EADDRINUSE when somebody answers at the path or it is no socket.
  public static func listen(at path: String, backlog: Int32) throws(SystemError) -> OwnedDescriptor {
    if (try? connect(to: path)) != nil { throw SystemError("listen at \(path)", errno: EADDRINUSE) }
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unsafe unlink(path) }
    let socket = try open()
    let descriptor = socket.rawValue
    // The mode of the socket becomes that of its name.
    try systemCall("change the mode of \(path)") { fchmod(descriptor, 0o600) }
    try unsafe withAddress(path) { (address, length) throws(SystemError) in
      try systemCall("bind \(path)") { unsafe bind(descriptor, address, length) }
    }
    try systemCall("listen at \(path)") { Glibc.listen(descriptor, backlog) }
    return socket
  }

  /// Connects at once.
  ///
  /// - Throws: ``SystemError``: ENOENT or ECONNREFUSED when nobody listens, EAGAIN when too many wait already.
  public static func connect(to path: String) throws(SystemError) -> OwnedDescriptor {
    let socket = try open()
    let descriptor = socket.rawValue
    try unsafe withAddress(path) { (address, length) throws(SystemError) in
      try systemCall("connect to \(path)") { unsafe Glibc.connect(descriptor, address, length) }
    }
    return socket
  }

  /// Accepts a connection that waits; the descriptor is non-blocking and closed on exec.
  ///
  /// - Throws: ``SystemError``, EAGAIN when none waits.
  public static func accept(from listener: borrowing OwnedDescriptor) throws(SystemError) -> OwnedDescriptor {
    let descriptor = listener.rawValue
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    return OwnedDescriptor(
      try systemCall("accept a connection") { clinux_accept4(descriptor, nil, nil, flags) })
  }

  /// A socket for datagrams, without a name of its own.
  ///
  /// - Throws: ``SystemError`` when there is no descriptor left.
  public static func datagram() throws(SystemError) -> OwnedDescriptor { try open(SOCK_DGRAM) }

  /// Sends one datagram, without waiting for room.
  ///
  /// - Throws: ``SystemError`` with errno of sendto(2).
  public static func send(
    _ bytes: [UInt8], to path: String, over socket: borrowing OwnedDescriptor
  ) throws(SystemError) {
    let descriptor = socket.rawValue
    try unsafe withAddress(path) { (address, length) throws(SystemError) in
      let sent = try systemCall("send to \(path)") {
        unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), address, length)
      }
      return Int32(clamping: sent)
    }
  }

  private static func open(_ type: __socket_type = SOCK_STREAM) throws(SystemError) -> OwnedDescriptor {
    let type = Int32(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    return OwnedDescriptor(try systemCall("open a socket") { Glibc.socket(AF_UNIX, type, 0) })
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Int32
  ) throws(SystemError) {
    let bytes = Array(path.utf8)
    var address = sockaddr_un()
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SystemError("use the socket path \(path)", errno: ENAMETOOLONG)
    }
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    var failure: SystemError?
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        do throws(SystemError) {
          _ = try unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
  }
}
