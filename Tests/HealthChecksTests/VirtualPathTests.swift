import Glibc
import LinuxSystem
import LoadBalancing
import Testing

@testable import HealthChecks

@Suite(.timeLimit(.minutes(5))) struct VirtualPathTests {
  private static let relay = CheckRelay(server: .loopback, family: .inet)

  private func target(_ port: UInt16) -> CheckTarget {
    CheckTarget(
      server: .loopback, probe: .connect(ports: [port]), timing: CheckTiming(),
      path: .virtual(.loopback, by: Self.relay))
  }

  @Test func withoutAWayNothingIsSaidOfTheServer() async throws {
    let routes = CheckRoutes()
    let prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test"), routes: routes)
    #expect(await prober.probe(target(1)).verdict == .inconclusive)
    routes.replace(with: [Self.relay: .missing("no route")])
    #expect(await prober.probe(target(1)) == ProbeOutcome(.inconclusive, "not checked: no route"))
  }

  /// Who may not mark packets learns that nothing is known of the server; who may reaches the listener.
  @Test func theWayIsTaken() async throws {
    let listener = try LoopbackListener()
    let routes = CheckRoutes()
    let prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test"), routes: routes)
    routes.replace(with: [Self.relay: .ready(.init(mark: 0x4C42_0001, source: [127, 0, 0, 1]))])
    let outcome = await prober.probe(target(listener.port))
    if geteuid() == 0, outcome.verdict == .passed {
      #expect(outcome.message.hasSuffix(", through 127.0.0.1"), "\(outcome.message)")
    } else {
      #expect(outcome.verdict == .inconclusive && outcome.message.contains("EPERM"), "\(outcome.message)")
    }
  }

  @Test func failuresSayWhatTheServerLacks() {
    let destination = CheckDestination(
      virtual: .loopback, by: Self.relay, over: .init(mark: 1, source: [127, 0, 0, 1]))
    let silence = destination.explain(
      .failure(.deadlinePassed, port: 80, timeout: .seconds(1), awaited: "answer"))
    #expect(
      silence.message
        == "port 80: no answer within 1 s through 127.0.0.1: the server does not accept this address (put it on its "
        + "loopback or tunnel interface), or is not there")
    let sentOn = destination.explain(
      .failure(
        .failed(SystemError("connect", errno: EHOSTUNREACH)), port: 80, timeout: .seconds(1), awaited: "answer"))
    #expect(sentOn.message.contains("the server does not accept this address"))
    let refusal = destination.explain(
      .failure(
        .failed(SystemError("connect", errno: ECONNREFUSED)), port: 80, timeout: .seconds(1), awaited: "answer"))
    #expect(
      refusal.message
        == "port 80: connection refused (ECONNREFUSED) by the server at 127.0.0.1: the application does not listen on "
        + "this address")
    let late = destination.explain(
      ProbeOutcome.failure(.deadlinePassed, port: 80, timeout: .seconds(1), awaited: "greeting").afterConnecting)
    #expect(late.message == "port 80: no greeting within 1 s, through 127.0.0.1")
  }
}
