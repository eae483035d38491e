import Foundation
import Glibc
import Testing

@testable import LinuxSystem

@Suite struct UnixSocketTests {
  private let path = NSTemporaryDirectory() + "lbd-unix-\(UInt32.random(in: 0 ... .max)).sock"

  private func remove() { try? FileManager.default.removeItem(atPath: path) }

  @Test func itsOwnerAloneMayConnect() async throws {
    let listener = try UnixSocket.listen(at: path, backlog: 1)
    defer { remove() }
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let client = try UnixSocket.connect(to: path)
    let accepted = try UnixSocket.accept(from: listener)
    let loop = try EpollLoop(threadName: "lbd-test")
    try await loop.send([7], to: client, deadline: .now + .seconds(60))
    #expect(try await loop.receive(upTo: 9, from: accepted, deadline: .now + .seconds(60)) == [7])
    #expect(throws: SystemError("listen at \(path)", errno: EADDRINUSE)) {
      _ = try UnixSocket.listen(at: path, backlog: 1)
    }
  }

  @Test func whatACrashLeftIsReplaced() throws {
    do { _ = try UnixSocket.listen(at: path, backlog: 1) }
    defer { remove() }
    #expect(throws: SystemError("connect to \(path)", errno: ECONNREFUSED)) { _ = try UnixSocket.connect(to: path) }
    _ = try UnixSocket.listen(at: path, backlog: 1)
  }

  @Test func aFileIsLeftAlone() throws {
    try "mine".write(toFile: path, atomically: false, encoding: .utf8)
    defer { remove() }
    #expect(throws: SystemError("bind \(path)", errno: EADDRINUSE)) {
      _ = try UnixSocket.listen(at: path, backlog: 1)
    }
  }

  @Test func aLongPathIsRefused() {
    let path = "/" + String(repeating: "x", count: 107)
    #expect(throws: SystemError("use the socket path \(path)", errno: ENAMETOOLONG)) {
      _ = try UnixSocket.connect(to: path)
    }
  }
}
