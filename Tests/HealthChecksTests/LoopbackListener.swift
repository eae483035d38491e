import Glibc
import LinuxSystem
import LoadBalancing

/// A TCP socket that listens on the loopback interface, on a port of the kernel's choice.
final class LoopbackListener {
  let port: UInt16
  private let server: IPAddress
  private let descriptor: Int32
  /// Bound to the port by its number: one that the kernel chose is anybody's as soon as nobody listens there.
  private let keeper: Int32

  init(at server: IPAddress = .loopback, port wanted: UInt16 = 0, backlog: Int32 = 16) throws {
    self.server = server
    (descriptor, port) = try Self.bound(to: server, port: wanted)
    keeper = try Self.bound(to: server, port: port).descriptor
    guard listen(descriptor, backlog) == 0 else { throw SystemError("listen", errno: errno) }
  }

  private static func bound(to server: IPAddress, port wanted: UInt16) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(
      server.family == .inet ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var isShared: Int32 = 1
    var address = Self.address(of: server, port: wanted)
    var length = socklen_t(address.count)
    let isBound = unsafe address.withUnsafeMutableBytes { bytes in
      let pointer = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      return unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &isShared, 4) == 0
        && bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
    }
    guard isBound else { throw SystemError("bind", errno: errno) }
    // Both families have the port in the third and fourth byte.
    return (descriptor, UInt16(address[2]) << 8 | UInt16(address[3]))
  }

  deinit {
    Glibc.close(descriptor)
    Glibc.close(keeper)
  }

  /// Refuses connections from now on, and keeps the port: nobody else's test listens there.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Accepts a connection and gives the error of reading from it.
  func acceptAndRead() -> Int32 {
    let connection = accept(descriptor, nil, nil)
    defer { Glibc.close(connection) }
    var byte: UInt8 = 0
    return unsafe read(connection, &byte, 1) < 0 ? errno : 0
  }

  /// Connects until nobody is answered any more; the connections stay while the answer is held.
  func fillBacklog() throws -> [LoopbackClient] {
    try (0..<4).map { _ in try LoopbackClient(to: Self.address(of: server, port: port)) }
  }

  /// A sockaddr_in or sockaddr_in6.
  private static func address(of server: IPAddress, port: UInt16) -> [UInt8] {
    let ports = [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    let family = unsafe withUnsafeBytes(of: sa_family_t(server.family == .inet ? AF_INET : AF_INET6)) {
      unsafe Array($0)
    }
    return server.family == .inet
      ? family + ports + server.bytes + [UInt8](repeating: 0, count: 8)
      : family + ports + [0, 0, 0, 0] + server.bytes + [0, 0, 0, 0]
  }
}

/// A connection, begun without waiting for its end.
final class LoopbackClient {
  private let descriptor: Int32

  init(to address: [UInt8]) throws {
    descriptor = socket(
      Int32(address[0]), Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    let client = descriptor
    let result = unsafe address.withUnsafeBytes { bytes in
      unsafe connect(client, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
    }
    guard result == 0 || errno == EINPROGRESS else { throw SystemError("connect", errno: errno) }
  }

  deinit { close(descriptor) }
}
