import LinuxSystem
import LoadBalancing
import TestSupport
import Testing

@testable import HealthChecks

/// Each kind of check against the real programs that people check with it.
@Suite(.timeLimit(.minutes(5))) struct RealServerTests {
  private let prober: ServerProber

  init() throws { prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test")) }

  /// Well, with wrong answers, hanging and gone.
  @Test(arguments: RealServer.all.filter { Workplace.isRoot || !$0.needsRoot })
  func isJudged(server: RealServer) async throws {
    let place = try Workplace(server.name, ports: server.portCount)
    let process = try ServerProcess(try await server.prepare(place), outputPath: place.file("server.log"))
    defer { process.kill9() }
    let cases = server.cases(place)
    let first = try #require(cases.first)

    var outcome = await probe(first, place)
    for _ in 0..<600 where outcome.verdict != .passed && !process.isOver {
      try await Task.sleep(for: .milliseconds(50))
      outcome = await probe(first, place)
    }
    try #require(outcome.verdict == .passed, "\(outcome.message); the server said: \(process.output)")

    for one in cases {
      let outcome = await probe(one, place)
      #expect(
        outcome.verdict == one.verdict && outcome.message.contains(one.says),
        "expected '\(one.says)', got '\(outcome.message)'; the server said: \(process.output)")
    }

    try await process.hang()
    outcome = await probe(first, place, timeout: .milliseconds(200))
    #expect(outcome.verdict == .failed && outcome.message.hasSuffix("no \(server.awaited) within 200 ms"), "\(outcome)")

    try await process.end()
    let gone = ProbeOutcome(.failed, "port \(place.ports[first.port]): connection refused (ECONNREFUSED)")
    outcome = await probe(first, place)
    // Its children may need a moment longer.
    for _ in 0..<600 where outcome != gone {
      try await Task.sleep(for: .milliseconds(50))
      outcome = await probe(first, place)
    }
    #expect(outcome == gone)
  }

  private func probe(_ one: RealServer.Case, _ place: Workplace, timeout: Duration? = nil) async -> ProbeOutcome {
    let timing = CheckTiming(timeout: timeout ?? one.timeout)
    return await prober.probe(
      CheckTarget(server: .loopback, probe: .application(one.check, port: place.ports[one.port]), timing: timing))
  }
}
