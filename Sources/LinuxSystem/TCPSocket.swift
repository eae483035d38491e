import CLinux
import Glibc

/// TCP connections to others, or SCTP associations in the same style (RFC 6458 section 4), without a thread that waits.
public enum TCPSocket {
  /// What a connection needs beside its destination.
  public struct Options: Hashable, Sendable {
    public var path: SocketPath
    /// Closing resets the connection: no data is awaited and neither side keeps it in TIME_WAIT.
    public var resetsOnClose: Bool
    /// SCTP in place of TCP.
    public var usesSCTP: Bool

    public init(path: SocketPath = SocketPath(), resetsOnClose: Bool = false, usesSCTP: Bool = false) {
      self.path = path
      self.resetsOnClose = resetsOnClose
      self.usesSCTP = usesSCTP
    }
  }

  /// Connects and gives the socket, non-blocking and closed on exec.
  ///
  /// - Throws: ``WaitError``: the deadline passed, the task was cancelled, or a system call failed, with the peer's
  ///   answer (ECONNREFUSED, EHOSTUNREACH, …) or a reason on this machine (EMFILE, EADDRNOTAVAIL, …).
  public static func connect(
    to address: SocketAddress, options: Options = Options(), on loop: EpollLoop, deadline: ContinuousClock.Instant
  ) async throws(WaitError) -> OwnedDescriptor {
    let attempt = try WaitError.failing { () throws(SystemError) in try begin(to: address, options: options) }
    if attempt.isPending {
      try await loop.waitUntil(.writable, attempt.socket, deadline: deadline)
      try WaitError.failing { () throws(SystemError) in try attempt.check() }
    }
    return attempt.take()
  }

  /// Begins to connect, for who waits without a task: until the socket is writable.
  ///
  /// - Throws: ``SystemError`` with the peer's answer, where that comes at once, or a reason on this machine.
  public static func begin(to address: SocketAddress, options: Options) throws(SystemError) -> ConnectionAttempt {
    let socket = try open(address, options)
    let isPending = try begin(socket, address)
    return ConnectionAttempt(socket: socket, isPending: isPending, address: address)
  }

  private static func open(_ address: SocketAddress, _ options: Options) throws(SystemError) -> OwnedDescriptor {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = options.usesSCTP ? Int32(IPPROTO_SCTP) : 0
    let descriptor = OwnedDescriptor(
      try systemCall("open \(options.usesSCTP ? "an SCTP" : "a") socket") { Glibc.socket(address.family, type, number) }
    )
    if options.resetsOnClose {
      try SocketOption.set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0), "SO_LINGER", descriptor)
    }
    if options.path.source != nil {
      // The port is chosen at connect, when the four-tuple is known: thousands of checks need not share 28,000 ports.
      try SocketOption.set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, Int32(1), "IP_BIND_ADDRESS_NO_PORT", descriptor)
    }
    try options.path.apply(to: descriptor, family: address.family)
    return descriptor
  }

  /// Says whether the answer is still to come.
  private static func begin(
    _ socket: borrowing OwnedDescriptor, _ address: SocketAddress
  ) throws(SystemError) -> Bool {
    let descriptor = socket.rawValue
    let result = unsafe address.withSockaddr { unsafe Glibc.connect(descriptor, $0, $1) == 0 ? 0 : errno }
    switch result {
    case 0: return false
    // After a signal the attempt goes on as well, connect(2).
    case EINPROGRESS, EINTR: return true
    default: throw SystemError("connect to \(address)", errno: result)
    }
  }
}

/// A connection that was begun; its owner closes it.
public struct ConnectionAttempt: ~Copyable, Sendable {
  public let socket: OwnedDescriptor
  /// Whether the peer's answer is still to come.
  public let isPending: Bool
  fileprivate let address: SocketAddress

  /// Once the socket is writable: returns where the connection stands.
  ///
  /// - Throws: ``SystemError`` with the peer's answer: ECONNREFUSED, EHOSTUNREACH, ….
  public func check() throws(SystemError) {
    let error: Int32 = try SocketOption.get(SOL_SOCKET, SO_ERROR, "SO_ERROR", socket, otherwise: 0)
    if error != 0 { throw SystemError("connect to \(address)", errno: error) }
  }

  /// Gives the socket away.
  public consuming func take() -> OwnedDescriptor { socket }
}
