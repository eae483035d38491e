import Glibc
import Testing

@testable import LinuxSystem

@Suite struct TCPSocketTests {
  @Test(
    arguments: [
      ([127, 0, 0, 1], "127.0.0.1:80"),
      ([UInt8](repeating: 0, count: 15) + [1], "[::1]:80"),
      ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [0x15], "[2001:db8::15]:80"),
    ] as [([UInt8], String)])
  func addressesAreWrittenAsUsual(bytes: [UInt8], text: String) {
    #expect(SocketAddress(bytes, port: 80)?.description == text)
  }

  @Test func anAddressHasFourOrSixteenBytes() {
    #expect(SocketAddress([1, 2, 3], port: 80) == nil)
    #expect(SocketAddress([], port: 80) == nil)
  }

  @Test(arguments: [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]] as [[UInt8]])
  func connectsFromTheGivenAddress(bytes: [UInt8]) async throws {
    let loop = try EpollLoop(threadName: "lbd-test")
    let listener = try Listener(on: bytes)
    let socket = try await TCPSocket.connect(
      to: listener.address, options: .init(path: SocketPath(source: bytes), resetsOnClose: true), on: loop,
      deadline: .now + .seconds(60))
    let descriptorFlags = fcntl(socket.rawValue, F_GETFD)
    let statusFlags = fcntl(socket.rawValue, F_GETFL)
    #expect(descriptorFlags & FD_CLOEXEC != 0)
    #expect(statusFlags & O_NONBLOCK != 0)
  }

  @Test func aRefusalIsTheKernelsOwn() async throws {
    let loop = try EpollLoop(threadName: "lbd-test")
    let address: SocketAddress
    do { address = try Listener(on: [127, 0, 0, 1]).address }
    await #expect(throws: WaitError.failed(SystemError("connect to \(address)", errno: ECONNREFUSED))) {
      _ = try await TCPSocket.connect(to: address, on: loop, deadline: .now + .seconds(60))
    }
  }

  @Test func aForeignSourceIsRefused() async throws {
    let loop = try EpollLoop(threadName: "lbd-test")
    let address = try #require(SocketAddress([127, 0, 0, 1], port: 9))
    await #expect(throws: WaitError.failed(SystemError("bind 192.0.2.1:0", errno: EADDRNOTAVAIL))) {
      _ = try await TCPSocket.connect(
        to: address, options: .init(path: SocketPath(source: [192, 0, 2, 1])), on: loop, deadline: .now + .seconds(60))
    }
  }
}

/// A listening socket on a port of the kernel's choice.
private struct Listener: ~Copyable {
  private let socket: OwnedDescriptor
  let address: SocketAddress

  init(on bytes: [UInt8]) throws {
    let wanted = try #require(SocketAddress(bytes, port: 0))
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = OwnedDescriptor(try systemCall("socket") { Glibc.socket(wanted.family, type, 0) })
    try systemCall("bind") { unsafe wanted.withSockaddr { unsafe bind(socket.rawValue, $0, $1) } }
    try systemCall("listen") { listen(socket.rawValue, 16) }
    var bound = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    try systemCall("getsockname") {
      unsafe withUnsafeMutablePointer(to: &bound) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe getsockname(socket.rawValue, $0, &length)
        }
      }
    }
    // The port has the same place in both families.
    address = try #require(SocketAddress(bytes, port: UInt16(bigEndian: bound.sin6_port)))
    self.socket = socket
  }
}
