import Foundation
import Glibc
import LinuxSystem
import LoadBalancing

@testable import HealthChecks

/// A server on the loopback interface that greets and answers as a test says, then listens until the client leaves.
final class ScriptedPeer: Sendable {
  /// The answer to what the client sent; nil says nothing.
  typealias Answer = @Sendable ([UInt8]) -> [UInt8]?

  enum Way: Sendable {
    /// Greets, and gives one answer to each message.
    case answering(greeting: [UInt8], [Answer])
    /// Accepts and says nothing.
    case hanging
    /// Accepts and closes.
    case closing
  }

  let port: UInt16
  private let descriptor: Int32

  init(_ way: Way, isDatagram: Bool, at server: IPAddress = .loopback, port wanted: UInt16 = 0) throws {
    let type = isDatagram ? SOCK_DGRAM : SOCK_STREAM
    let socket = Glibc.socket(
      server.family == .inet ? AF_INET : AF_INET6, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
    descriptor = socket
    var address = Self.address(of: server, port: wanted)
    var length = socklen_t(address.count)
    let isBound = unsafe address.withUnsafeMutableBytes { bytes in
      let pointer = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      return unsafe bind(socket, pointer, length) == 0 && (isDatagram || listen(socket, 16) == 0)
        && getsockname(socket, pointer, &length) == 0
    }
    port = UInt16(address[2]) << 8 | UInt16(address[3])
    guard isBound else { throw SystemError("listen", errno: errno) }
    Thread.detachNewThread { isDatagram ? Self.serveDatagrams(socket, way) : Self.serveStreams(socket, way) }
  }

  deinit {
    // Wakes the thread, which closes the socket.
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private static func serveStreams(_ socket: Int32, _ way: Way) {
    while true {
      let connection = accept(socket, nil, nil)
      guard connection >= 0 else { break }
      serve(connection, way)
      close(connection)
    }
    close(socket)
  }

  private static func serve(_ connection: Int32, _ way: Way) {
    switch way {
    case .closing: return
    case .hanging: break
    case .answering(let greeting, let answers):
      write(greeting, to: connection)
      for answer in answers {
        guard let request = read(connection) else { return }
        if let reply = answer(request) { write(reply, to: connection) }
      }
    }
    while read(connection) != nil {}
  }

  private static func serveDatagrams(_ socket: Int32, _ way: Way) {
    var number = 0
    while true {
      var peer = [UInt8](repeating: 0, count: 28)
      var length = socklen_t(peer.count)
      var request = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe peer.withUnsafeMutableBytes { bytes in
        unsafe recvfrom(
          socket, &request, request.count, 0, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
      }
      guard count >= 0, length > 0 else { break }
      guard case .answering(_, let answers) = way, !answers.isEmpty else { continue }
      guard let reply = answers[number % answers.count](Array(request.prefix(count))) else { continue }
      number += 1
      _ = unsafe peer.withUnsafeBytes { bytes in
        unsafe sendto(socket, reply, reply.count, 0, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, length)
      }
    }
    close(socket)
  }

  private static func read(_ connection: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(connection, &bytes, bytes.count, 0)
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) {
    guard !bytes.isEmpty else { return }
    _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// A sockaddr_in or sockaddr_in6.
  private static func address(of server: IPAddress, port: UInt16) -> [UInt8] {
    let port = WireBytes.bigEndian(port)
    let family = unsafe withUnsafeBytes(of: sa_family_t(server.family == .inet ? AF_INET : AF_INET6)) {
      unsafe Array($0)
    }
    return server.family == .inet
      ? family + port + server.bytes + [UInt8](repeating: 0, count: 8)
      : family + port + [0, 0, 0, 0] + server.bytes + [0, 0, 0, 0]
  }
}
