import LinuxSystem
import LoadBalancing
import Testing

@testable import HealthChecks

/// Each kind over real sockets, against a peer that is well, wrong, hangs or leaves.
@Suite(.timeLimit(.minutes(5))) struct KindTests {
  private let prober: ServerProber

  init() throws { prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test")) }

  /// A peer and the check of it.
  private struct Scene {
    let peer: ScriptedPeer
    let target: CheckTarget

    init(
      _ sample: KindSample, _ way: ScriptedPeer.Way, timeout: Duration = .seconds(30), at server: IPAddress = .loopback
    ) throws {
      peer = try ScriptedPeer(way, isDatagram: sample.check.usesDatagrams, at: server)
      target = CheckTarget(
        server: server, probe: .application(sample.check, port: peer.port), timing: CheckTiming(timeout: timeout))
    }
  }

  private func outcome(_ scene: Scene) async -> ProbeOutcome {
    let outcome = await prober.probe(scene.target)
    #expect(outcome.message.hasPrefix("port \(scene.peer.port): "), "\(outcome.message)")
    return outcome
  }

  @Test(arguments: KindSample.all, [IPAddress.loopback, .loopback6])
  func aWellServerPasses(sample: KindSample, server: IPAddress) async throws {
    let outcome = await outcome(
      try Scene(sample, .answering(greeting: sample.greeting, sample.answers), at: server))
    #expect(outcome.verdict == .passed && outcome.message.contains(sample.passes), "\(outcome.message)")
    #expect(outcome.message.hasSuffix("s"))
  }

  @Test(arguments: KindSample.all) func aWrongAnswerFails(sample: KindSample) async throws {
    let wrong = sample.wrong
    let way: ScriptedPeer.Way =
      sample.greeting.isEmpty
      ? .answering(greeting: [], [{ _ in wrong }]) : .answering(greeting: wrong, [])
    // Where nothing in the answer is for this check it goes on waiting.
    let waits = sample.wrongMessage.hasSuffix("within")
    let outcome = await outcome(try Scene(sample, way, timeout: waits ? .milliseconds(50) : .seconds(30)))
    #expect(outcome.verdict == .failed && outcome.message.contains(sample.wrongMessage), "\(outcome.message)")
  }

  @Test(arguments: KindSample.all) func aHangingServerFailsWithinTheTimeout(sample: KindSample) async throws {
    let outcome = await outcome(try Scene(sample, .hanging, timeout: .milliseconds(50)))
    #expect(outcome.verdict == .failed && outcome.message.hasSuffix("no \(sample.awaited) within 50 ms"))
  }

  @Test(arguments: KindSample.all.filter { !$0.check.usesDatagrams })
  func aServerThatLeavesFails(sample: KindSample) async throws {
    let outcome = await outcome(try Scene(sample, .closing))
    #expect(outcome.verdict == .failed)
    let words = ["closed the connection", "connection's end", "(ECONNRESET)", "(EPIPE)"]
    #expect(words.contains(where: outcome.message.contains), "\(outcome.message)")
  }

  @Test(arguments: KindSample.all) func nobodyThereFails(sample: KindSample) async throws {
    let listener = try LoopbackListener()
    listener.stop()
    let target = CheckTarget(
      server: .loopback, probe: .application(sample.check, port: listener.port), timing: CheckTiming())
    let outcome = await prober.probe(target)
    #expect(outcome == ProbeOutcome(.failed, "port \(listener.port): connection refused (ECONNREFUSED)"))
  }

  @Test func withoutExpectationTheConnectionOrTheSilenceIsEnough() async throws {
    let connected = KindSample(
      check: .tcp(PayloadCheck()), passes: "", wrongMessage: "", awaited: "")
    #expect(await outcome(try Scene(connected, .hanging)).message.contains(": connected in "))
    let silent = KindSample(check: .udp(PayloadCheck()), passes: "", wrongMessage: "", awaited: "")
    let outcome = await outcome(try Scene(silent, .hanging, timeout: .milliseconds(20)))
    #expect(outcome.verdict == .passed && outcome.message.contains(": no error in "), "\(outcome.message)")
  }

  @Test func withoutAPortNothingIsChecked() async {
    let target = CheckTarget(server: .loopback, probe: .application(.ntp, port: 0), timing: CheckTiming())
    #expect(
      await prober.probe(target) == ProbeOutcome(.failed, "no port to check: give the check the attribute port"))
  }

  @Test(arguments: [IPAddress.loopback, .loopback6]) func pingIsAnswered(server: IPAddress) async {
    let outcome = await prober.probe(CheckTarget(server: server, probe: .ping, timing: CheckTiming()))
    // Who may not send echoes learns that nothing is known of the server.
    #expect(
      outcome.message.hasPrefix("echo answered in ")
        || outcome.verdict == .inconclusive && outcome.message.contains("CAP_NET_RAW"), "\(outcome.message)")
  }
}
