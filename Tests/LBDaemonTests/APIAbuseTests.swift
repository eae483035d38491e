import ControlAPI
import Director
import Foundation
import LinuxSystem
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import LBDaemon

/// Whoever may connect may try everything: the Director goes on, and others are answered.
@Suite(.serialized, .timeLimit(.minutes(30))) struct APIAbuseTests {
  private static let isFull = ProcessInfo.processInfo.environment["LBD_FULL"] == "1"

  private static let requests = [
    "GET /v1/overview", "GET /v1/status", "GET /v1/services/Web", "GET /v1/events?after=0", "GET /v1/connections",
    "PUT /v1/services/Web/servers/a/state", "POST /v1/services", "PATCH /v1/services/Web", "DELETE /v1/services/Web",
    "POST /v1/config/plan", "POST /v1/config/check", "GET /metrics", "POST /v1/config/rollback?back=1",
  ]

  private static let bodies = [
    "", #"{"state":"halt"}"#, #"{"attributes":{"scheduler":"rr"}}"#, #"{"attributes":{"label":"X"}}"#,
    #"[[[[[[[["#, #"{"state":{}}"#, "\0\0\0\0",
  ]

  /// A request that is nearly one.
  private static func request(_ random: inout SplitMix64) -> [UInt8] {
    let line = requests.randomElement(using: &random) ?? ""
    let body = bodies.randomElement(using: &random) ?? ""
    let length = Int.random(in: 0..<20, using: &random) == 0 ? Int.random(in: 0...9, using: &random) : body.utf8.count
    let head = "\(line) HTTP/1.1\r\nHost: lbd\r\nConnection: close\r\nContent-Length: \(length)\r\n\r\n"
    var bytes = Array((head + body).utf8)
    for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
      let place = bytes.indices.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  /// Serves the API of a Director over a quiet kernel, and measures its turns beside what the body does.
  ///
  /// - Parameter patience: how long the server waits for a request, and for the rest of one.
  /// - Returns: the longest that somebody waited for a turn.
  private func serving(
    patience: Duration = .seconds(1), _ body: (String, ReloaderFixture) async throws -> Void
  ) async throws -> Duration {
    let longest = Longest()
    var limits = APIServer.Limits()
    limits.idleTime = patience
    limits.receivingTime = patience
    try await ReloaderFixture.running { fixture in
      try await APIFixture.serve(fixture.control, limits: limits) { path in
        try await withThrowingDiscardingTaskGroup { group in
          group.addTask { [director = fixture.director] in
            while !Task.isCancelled {
              let began = ContinuousClock.now
              await director.turnRound()
              let took = began.duration(to: .now)
              longest.note(took)
              try? await Task.sleep(for: .milliseconds(5))
            }
          }
          try await body(path, fixture)
          // On a busy machine a request may be late.
          let status = try await firstAnswer { try await ControlClient(socketPath: path).status() }
          #expect(status.configuration.errors.isEmpty)
          group.cancelAll()
        }
      }
    }
    return longest.value
  }

  @Test func anythingMayBeAsked() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    let count = Self.isFull ? 1_000_000 : 20_000
    let longest = try await serving(patience: .milliseconds(20)) { path, _ in
      await withDiscardingTaskGroup { group in
        // No more, so that the tests beside this one have processors too.
        let clients = 2
        for client in 0..<clients {
          group.addTask {
            await onThread {
              var random = SplitMix64(state: seed &+ UInt64(client))
              for _ in 0..<(count / clients) { RawClient(path)?.ask(Self.request(&random)) }
            }
          }
        }
      }
    }
    print("\(count) requests from seed \(seed): the Director's longest turn took \(longest)")
  }

  @Test func aThousandConnectAtOnceAndSaySlowlyOrNothing() async throws {
    let longest = try await serving { path, _ in
      let clients = await onThread { (0..<1000).compactMap { _ in RawClient(path) } }
      #expect(clients.count == 1000)
      for (index, client) in clients.enumerated() where index.isMultiple(of: 2) {
        client.send(Array("GET /v1/ov".utf8))
      }
      // The server has an answer for others, and closes these in its own time.
      _ = try await ControlClient(socketPath: path).overview()
      #expect(await onThread { clients.allSatisfy { $0.isClosedByServer() } })
    }
    print("1000 connections at once: the Director's longest turn took \(longest)")
  }

  @Test func whoNeverReadsKeepsNobodyWaiting() async throws {
    let longest = try await serving { path, _ in
      let clients = await onThread { (0..<20).compactMap { _ in RawClient(path) } }
      let asked = Array(String(repeating: "GET /metrics HTTP/1.1\r\nHost: lbd\r\n\r\n", count: 2000).utf8)
      for client in clients { client.send(asked) }
      for _ in 0..<100 { _ = try await ControlClient(socketPath: path).overview() }
    }
    print("20 clients that never read: the Director's longest turn took \(longest)")
  }
}

private final class Longest: Sendable {
  private let longest = Mutex(Duration.zero)

  var value: Duration { longest.withLock(\.self) }

  func note(_ duration: Duration) { longest.withLock { $0 = max($0, duration) } }
}

private func firstAnswer<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
  for _ in 0..<100 {
    if let answer = try? await ask() { return answer }
  }
  return try await ask()
}

/// Runs what blocks.
private func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: body()) }
  }
}

/// A connection that is closed with its owner.
private final class RawClient: Sendable {
  private let descriptor: Int32

  init?(_ path: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    // Nobody waits for those who do not read or do not answer.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      unsafe _ = setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) }
    }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Sends as much as the socket takes.
  func send(_ bytes: [UInt8]) {
    unsafe _ = bytes.withUnsafeBytes {
      unsafe Glibc.send(
        descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  /// Sends a request and reads what comes until the other end closes.
  func ask(_ bytes: [UInt8]) {
    send(bytes)
    shutdown(descriptor, Int32(SHUT_WR))
    _ = isClosedByServer()
  }

  /// Reads until the other end closes.
  func isClosedByServer() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return count == 0 || errno == ECONNRESET }
    }
  }
}
