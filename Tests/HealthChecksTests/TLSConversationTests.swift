import LinuxSystem
import LoadBalancing
import Testing

@testable import HealthChecks

/// Conversations over TLS with peers that are well, wrong, hang, leave or don't speak it.
@Suite(.timeLimit(.minutes(5))) struct TLSConversationTests {
  private let loop: EpollLoop
  private let prober: ServerProber
  private let https = ApplicationCheck.http(HTTPCheck(expectation: .text(Array("fine".utf8)), tls: TLSSettings()))
  private let answer = KindSample.to("GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n\r\nI'm fine")

  init() throws {
    loop = try EpollLoop(threadName: "lbd-test")
    prober = ServerProber(loop: loop)
  }

  private func outcome(
    _ check: ApplicationCheck, _ port: UInt16, timeout: Duration = .seconds(30)
  ) async -> ProbeOutcome {
    let probe = CheckTarget.Probe.application(check, port: port)
    return await prober.probe(CheckTarget(server: .loopback, probe: probe, timing: CheckTiming(timeout: timeout)))
  }

  @Test func aWellServerPasses() async throws {
    let peer = try await TLSPeer(.answering(greeting: [], [answer]))
    let outcome = await outcome(https, peer.port)
    #expect(outcome.verdict == .passed)
    #expect(outcome.message.hasPrefix("port \(peer.port): HTTP 200 OK, body with 'fine' in "), "\(outcome.message)")
    #expect(outcome.message.hasSuffix("s"), "no warning of a certificate that is good for a year")
  }

  @Test func sip() async throws {
    let peer = try await TLSPeer(.answering(greeting: [], KindSample.sip.answers))
    let outcome = await outcome(KindSample.sip.check, peer.port)
    #expect(outcome.verdict == .passed && outcome.message.contains(KindSample.sip.passes), "\(outcome.message)")
    let wrong = try await TLSPeer(.answering(greeting: [], [KindSample.always(KindSample.sip.wrong)]))
    #expect(await self.outcome(KindSample.sip.check, wrong.port).message.contains(KindSample.sip.wrongMessage))
  }

  /// On a busy machine the handshake itself may need longer than the check has, which the message tells apart.
  @Test(.timeLimit(.minutes(3))) func aServerThatHangsAfterTheHandshake() async throws {
    let peer = try await TLSPeer(.hanging)
    for seconds in [1, 5, 25, 100] {
      let outcome = await outcome(https, peer.port, timeout: .seconds(seconds))
      if outcome.message.contains("no TLS handshake") { continue }
      #expect(outcome == ProbeOutcome(.failed, "port \(peer.port): no HTTP answer within \(seconds) s"))
      return
    }
    Issue.record("no handshake within 100 s")
  }

  @Test func aServerThatHangsBeforeTheHandshake() async throws {
    let peer = try ScriptedPeer(.hanging, isDatagram: false)
    let outcome = await outcome(https, peer.port, timeout: .milliseconds(50))
    #expect(outcome == ProbeOutcome(.failed, "port \(peer.port): no TLS handshake within 50 ms"))
  }

  @Test func aServerThatLeaves() async throws {
    let peer = try await TLSPeer(.closing)
    #expect(
      await outcome(https, peer.port)
        == ProbeOutcome(
          .failed, "port \(peer.port): the server closed the connection instead of sending an HTTP answer"))
    let early = try ScriptedPeer(.closing, isDatagram: false)
    let outcome = await outcome(https, early.port)
    let words = ["closed the connection during the TLS handshake", "(ECONNRESET)", "(EPIPE)"]
    #expect(outcome.verdict == .failed && words.contains(where: outcome.message.contains), "\(outcome)")
  }

  @Test func aServerThatDoesNotSpeakIt() async throws {
    let peer = try ScriptedPeer(
      .answering(greeting: KindSample.text("220 mail.example.org\r\n"), []), isDatagram: false)
    #expect(
      await outcome(https, peer.port)
        == ProbeOutcome(.failed, "port \(peer.port): the server does not speak TLS (WRONG_VERSION_NUMBER)"))
  }

  @Test func cancellationEndsTheWait() async throws {
    let peer = try ScriptedPeer(.hanging, isDatagram: false)
    let target = CheckTarget(
      server: .loopback, probe: .application(https, port: peer.port), timing: CheckTiming(timeout: .seconds(3600)))
    let prober = prober
    let check = Task { await prober.probe(target) }
    check.cancel()
    #expect(await check.value.verdict == .inconclusive)
  }

  @Test func cancellationEndsTheWaitForAnAnswer() async throws {
    let (requests, received) = AsyncStream.makeStream(of: Void.self)
    let peer = try await TLSPeer(
      .answering(
        greeting: [],
        [
          { _ in
            received.yield()
            return nil
          }
        ]))
    let probe = ConversationProbe(
      https, of: .loopback, at: CheckDestination(server: .loopback), port: peer.port, timeout: .seconds(3600),
      loop: loop, contexts: TLSContexts())
    let check = Task { await probe.run() }
    for await _ in requests { break }
    check.cancel()
    #expect(await check.value == ProbeOutcome(.inconclusive, "port \(peer.port): cancelled"))
  }

  @Test func anUnreadableFileOfAuthoritiesSaysNothingOfTheServer() async throws {
    let peer = try await TLSPeer(.hanging)
    let settings = TLSSettings(verifiesCertificate: true, authoritiesFile: "/nowhere/ca.pem")
    let outcome = await outcome(.http(HTTPCheck(tls: settings)), peer.port)
    #expect(outcome.verdict == .inconclusive)
    #expect(outcome.message.contains("the ca-file cannot be read: open /nowhere/ca.pem: No such file"))
  }
}
