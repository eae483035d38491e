import Foundation
import LoadBalancing
import NIOCore
import NIOEmbedded
import NIOSSL
import TestSupport
import Testing

@testable import HealthChecks

/// A server's side of TLS that is nearly right: each conversation ends, with a message for people.
@Suite struct TLSFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["LBD_FULL"] == "1" ? 100_000 : 300

  private let server: NIOSSLContext
  private let client: NIOSSLContext

  init() async throws {
    server = try TLSPeer.serverContext()
    client = try await TLSContexts().context(for: TLSSettings()).get()
  }

  @Test func everyMutantIsJudged() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("tls seed \(seed)")
    var generator = SplitMix64(state: seed)
    var passed = 0
    for round in 0..<Self.rounds {
      // Each fourth conversation is left as it is: the others are nearly like it.
      let end = try conversation(round % 4 == 0 ? nil : Int.random(in: 0..<8, using: &generator), &generator)
      switch end {
      case .passed: passed += 1
      case .failed(let message):
        if message.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
          Issue.record("seed \(seed), round \(round): \(message.debugDescription)")
        }
      case .unreached, .broken, .unready, nil: Issue.record("seed \(seed), round \(round): \(String(describing: end))")
      }
    }
    #expect(passed >= Self.rounds / 4)
  }

  /// - Parameter mutated: which of the chunks that the server sends is changed.
  private func conversation(_ mutated: Int?, _ generator: inout SplitMix64) throws -> ConversationEnd? {
    let (near, far) = (EmbeddedChannel(), EmbeddedChannel())
    let answer = KindSample.to("GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n\r\n")
    try far.pipeline.syncOperations.addHandlers([
      NIOSSLServerHandler(context: server), TLSPeerHandler(.answering(greeting: [], [answer])),
    ])
    let check = ApplicationCheck.http(HTTPCheck(tls: TLSSettings()))
    let promise = near.eventLoop.makePromise(of: ConversationEnd.self)
    var end: ConversationEnd?
    promise.futureResult.assumeIsolated().whenSuccess { end = $0 }
    let tls = try NIOSSLClientHandler(context: client, serverHostname: nil)
    let beginning = TLSConversation(
      conversation: Conversation(check.dialogue(with: .loopback, port: 443)), wasOpened: false, settings: TLSSettings(),
      context: client)
    try near.pipeline.syncOperations.addHandlers([
      tls, ConversationHandler(beginning, tls: tls, deadline: .distantFuture, end: promise),
    ])
    for channel in [far, near] { channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"), promise: nil) }
    var chunk = 0
    while end == nil {
      var isQuiet = true
      while let bytes = try? near.readOutbound(as: ByteBuffer.self) {
        isQuiet = false
        _ = try? far.writeInbound(bytes)
      }
      while end == nil, let buffer = try? far.readOutbound(as: ByteBuffer.self) {
        isQuiet = false
        var bytes = Array(buffer.readableBytesView)
        if chunk == mutated { DialogueFuzzTests.mutate(&bytes, with: &generator) }
        chunk += 1
        _ = try? near.writeInbound(ByteBuffer(bytes: bytes))
      }
      // A server that waits for more leaves.
      if isQuiet { break }
    }
    if end == nil { near.pipeline.fireChannelInactive() }
    for channel in [near, far] {
      channel.close(promise: nil)
      // Past the time that TLS waits for the other side's goodbye.
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
    }
    return end
  }
}
