import CLinux
import Glibc

/// Tells systemd how the service is doing, sd_notify(3); says nothing where no service manager asked for it.
public struct ServiceNotifier: Sendable {
  private let socketPath: String?
  /// How often the service manager wants to hear ``watchdog()``, if at all; tell it twice as often.
  public let watchdogInterval: Duration?

  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of this process's environment.
  public init() {
    self.init { name in
      guard let value = unsafe getenv(name) else { return nil }
      return unsafe String(cString: value)
    }
  }

  init(_ environment: (String) -> String?) {
    socketPath = environment("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
    let isMeant = environment("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
    let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
    watchdogInterval = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
  }

  /// The service serves; also ends what ``reloading()`` began.
  public func ready(status: String? = nil) throws(SystemError) {
    try send(["READY=1"] + (status.map { ["STATUS=" + Self.oneLine($0)] } ?? []))
  }

  /// The configuration is being read anew; ``ready(status:)`` follows.
  public func reloading() throws(SystemError) {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    try send(["RELOADING=1", "MONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)"])
  }

  public func stopping() throws(SystemError) { try send(["STOPPING=1"]) }

  /// One line for `systemctl status`.
  public func status(_ text: String) throws(SystemError) { try send(["STATUS=" + Self.oneLine(text)]) }

  public func watchdog() throws(SystemError) { try send(["WATCHDOG=1"]) }

  /// A line end in a status would begin another assignment.
  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// Sends one datagram, without waiting for room.
  ///
  /// - Throws: ``SystemError`` with errno of sendto(2).
  private func send(_ assignments: [String]) throws(SystemError) {
    guard let socketPath else { return }
    var (address, length) = try Self.address(of: socketPath)
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = OwnedDescriptor(try systemCall("open a socket") { Glibc.socket(AF_UNIX, type, 0) })
    let message = Array(assignments.joined(separator: "\n").utf8)
    try systemCall("notify the service manager at \(socketPath)") {
      unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe sendto(
            socket.rawValue, message, message.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, length)
        }
      }
    }
  }

  /// A path, or after `@` a name in the abstract space, whose first byte is zero; unix(7).
  private static func address(of path: String) throws(SystemError) -> (sockaddr_un, socklen_t) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    let isAbstract = bytes.first == UInt8(ascii: "@")
    guard isAbstract || bytes.first == UInt8(ascii: "/"), bytes.count < MemoryLayout.size(ofValue: address.sun_path)
    else { throw SystemError("notify the service manager at \(path)", errno: EAFNOSUPPORT) }
    if isAbstract { bytes[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let header = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? MemoryLayout<sa_family_t>.size
    return (address, socklen_t(header + bytes.count + (isAbstract ? 0 : 1)))
  }
}
