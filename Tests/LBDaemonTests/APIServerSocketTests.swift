import ControlAPI
import FoundationEssentials
import Glibc
import LinuxSystem
import NIOCore
import NIOPosix
import Testing

@testable import LBDaemon

@Suite struct APIServerSocketTests {
  @Test func theSecondLearnsWhoTheFirstIs() async throws {
    try await APIFixture.withDirectory { directory in
      let path = directory + "/control.sock"
      let first = try await APIServerSocket.claim(path)
      let error = await #expect(throws: APIServerError.self) { try await APIServerSocket.claim(path) }
      #expect(error == .heldByAnother(socket: path, processID: "\(getpid())"))
      #expect(error?.description.contains("another lbd (process \(getpid())) already serves \(path)") == true)
      withExtendedLifetime(first) {}
    }
  }

  @Test func theRightEndsWithItsHolder() async throws {
    try await APIFixture.withDirectory { directory in
      for _ in 0..<2 { _ = try await APIServerSocket.claim(directory + "/control.sock") }
    }
  }

  @Test func aSocketThatACrashLeftIsReplaced() async throws {
    try await APIFixture.withDirectory { directory in
      let path = directory + "/control.sock"
      _ = try UnixSocket.listen(at: path, backlog: 1)
      _ = try await APIServerSocket.claim(path)
    }
  }

  @Test func whoeverAnswersIsLeftAlone() async throws {
    try await APIFixture.withDirectory { directory in
      let path = directory + "/control.sock"
      let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(unixDomainSocketPath: path).get()
      await #expect(throws: APIServerError.answered(socket: path)) { try await APIServerSocket.claim(path) }
      try await other.close()
    }
  }

  @Test func aFileIsNoSocket() async throws {
    try await APIFixture.withDirectory { directory in
      let path = directory + "/control.sock"
      try Data().write(to: URL(filePath: path))
      await #expect(throws: APIServerError.notASocket(path)) { try await APIServerSocket.claim(path) }
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func theDirectoryMustBeThere() async {
    let error = await #expect(throws: APIServerError.self) { try await APIServerSocket.claim("/nowhere/control.sock") }
    #expect(error == .directoryMissing(socket: "/nowhere/control.sock", directory: "/nowhere"))
    #expect(error?.description.contains("install -d /nowhere") == true)
  }

  @Test func whereThereIsNoDirectoryNoDaemonIsInTheWay() async throws {
    #expect(try await APIServerSocket.claimIfDirectoryExists("/nowhere/control.sock") == nil)
    try await APIFixture.withDirectory { directory in
      let path = directory + "/control.sock"
      let claim = try #require(try await APIServerSocket.claimIfDirectoryExists(path))
      await #expect(throws: APIServerError.heldByAnother(socket: path, processID: "\(getpid())")) {
        try await APIServerSocket.claimIfDirectoryExists(path)
      }
      withExtendedLifetime(claim) {}
    }
  }

  @Test func pathsHaveALimit() async {
    let path = "/tmp/" + String(repeating: "x", count: 103)
    await #expect(throws: APIServerError.pathTooLong(path)) { try await APIServerSocket.claim(path) }
  }
}
