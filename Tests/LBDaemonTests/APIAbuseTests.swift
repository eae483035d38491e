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

  /// Serves the API of a Director over a quiet kernel, and measures its turns beside what the body does.
  ///
  /// - Parameter patience: how long the server waits for a request, and for the rest of one.
  /// - Returns: the longest that somebody waited.
  private func serving(
    patience: Duration = .seconds(1), _ body: (String, ReloaderFixture) async throws -> Void
  ) async throws -> Waits {
    let waits = Waits()
    var limits = APIServer.Limits()
    limits.idleTime = patience
    limits.receivingTime = patience
    try await ReloaderFixture.running { fixture in
      try await APIFixture.serve(fixture.control, limits: limits) { path in
        let watcher = try TurnWatcher()
        try await withThrowingDiscardingTaskGroup { group in
          group.addTask { [director = fixture.director] in await watcher.watch(director, waits) }
          try await body(path, fixture)
          // On a busy machine a request may be late.
          let status = try await firstAnswer { try await ControlClient(socketPath: path).status() }
          #expect(status.configuration.errors.isEmpty)
          group.cancelAll()
        }
      }
    }
    return waits
  }

  @Test func anythingMayBeAsked() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    let count = Self.isFull ? 1_000_000 : 20_000
    let waits = try await serving(patience: .milliseconds(20)) { path, _ in
      await withDiscardingTaskGroup { group in
        // No more, so that the tests beside this one have processors too.
        let clients = Self.isFull ? 8 : 2
        for client in 0..<clients {
          group.addTask {
            await onThread {
              var random = SplitMix64(state: seed &+ UInt64(client))
              for _ in 0..<(count / clients) { RawClient(path)?.ask(MalformedRequest.bytes(&random)) }
            }
          }
        }
      }
    }
    print("\(count) requests from seed \(seed): \(waits)")
  }

  @Test func aThousandConnectAtOnceAndSaySlowlyOrNothing() async throws {
    let waits = try await serving { path, _ in
      let clients = await onThread { (0..<1000).compactMap { _ in RawClient(path) } }
      #expect(clients.count == 1000)
      for (index, client) in clients.enumerated() where index.isMultiple(of: 2) {
        client.send(Array("GET /v1/ov".utf8))
      }
      // The server has an answer for others, and closes these in its own time.
      _ = try await ControlClient(socketPath: path).overview()
      #expect(await onThread { clients.allSatisfy { $0.isClosedByServer() } })
    }
    print("1000 connections at once: \(waits)")
  }

  @Test func whoNeverReadsKeepsNobodyWaiting() async throws {
    let waits = try await serving { path, _ in
      let clients = await onThread { (0..<20).compactMap { _ in RawClient(path) } }
      let asked = Array(String(repeating: "GET /metrics HTTP/1.1\r\nHost: lbd\r\n\r\n", count: 2000).utf8)
      for client in clients { client.send(asked) }
      for _ in 0..<100 { _ = try await ControlClient(socketPath: path).overview() }
    }
    print("20 clients that never read: \(waits)")
  }
}

private final class Waits: Sendable, CustomStringConvertible {
  private let longest = Mutex((turn: Duration.zero, idler: Duration.zero))

  func note(turn: Duration, idler: Duration) {
    longest.withLock { $0 = (max($0.turn, turn), max($0.idler, idler)) }
  }

  var description: String {
    let longest = longest.withLock(\.self)
    return "the Director's longest turn took \(longest.turn), a thread with nothing else to do \(longest.idler)"
  }
}

/// Watches the Director's turns from a thread that the API's clients and answers do not share, and how soon a thread
/// that has nothing else to do is there, which the machine decides.
private actor TurnWatcher {
  private actor Idler {
    private let executor: ThreadExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init() throws { executor = try ThreadExecutor(name: "idler") }

    func answer() {}
  }

  private let executor: ThreadExecutor
  private let idler: Idler

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init() throws {
    executor = try ThreadExecutor(name: "turn-watcher")
    idler = try Idler()
  }

  func watch(_ director: Director, _ waits: Waits) async {
    while !Task.isCancelled {
      let began = ContinuousClock.now
      await director.turnRound()
      let turned = ContinuousClock.now
      await idler.answer()
      waits.note(turn: began.duration(to: turned), idler: turned.duration(to: .now))
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}

private func firstAnswer<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
  for _ in 0..<100 {
    if let answer = try? await ask() { return answer }
  }
  return try await ask()
}
