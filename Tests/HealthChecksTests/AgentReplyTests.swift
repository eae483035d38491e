import LinuxSystem
import LoadBalancing
import Testing

@testable import HealthChecks

@Suite(.timeLimit(.minutes(5))) struct AgentReplyTests {
  @Test(
    arguments: [
      ("75%", AgentStatement(share: 75)), ("250%", AgentStatement(share: 100)), ("0%", AgentStatement(share: 0)),
      ("up", AgentStatement(isDown: false)), ("ready", AgentStatement(admission: .ready)),
      ("drain", AgentStatement(admission: .drain)), ("MAINT", AgentStatement(admission: .maintenance)),
      ("down", AgentStatement(isDown: true)), ("stopped", AgentStatement(isDown: true)),
      ("fail# disk full, 7%", AgentStatement(isDown: true)),
      ("up ready,50%\t maxconn:30", AgentStatement(share: 50, admission: .ready, isDown: false)),
      ("drain ready", AgentStatement(admission: .ready)),
      ("", nil), ("hello", nil), ("%", nil), ("-5%", nil), ("99999999999999999999%", nil), ("#up", nil),
    ] as [(String, AgentStatement?)])
  func wordsOfAgents(line: String, statement: AgentStatement?) {
    #expect(AgentReply.statement(in: line.utf8) == statement)
  }

  @Test func whatIsNotMentionedStays() {
    var report = AgentReport()
    for line in ["drain 30%", "40%", "down", "75%"] {
      if let statement = AgentReply.statement(in: line.utf8) { report.apply(statement) }
    }
    #expect(report == AgentReport(share: 75, admission: .drain, isDown: true))
    #expect(report.servingShare == 0)
  }

  @Test func theLineEndsTheAnswer() async throws {
    let prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test"))
    let peer = try ScriptedPeer(
      .answering(greeting: [], [{ $0 == Array("hi\n".utf8) ? Array("50% up\r\ndown\n".utf8) : nil }]), isDatagram: false
    )
    let outcome = await prober.probe(
      CheckTarget(
        server: .loopback, probe: .agent(send: Array("hi\n".utf8), port: peer.port),
        timing: CheckTiming(timeout: .seconds(60))))
    #expect(
      outcome
        == ProbeOutcome(
          .passed, "port \(peer.port): the agent says '50% up'", agent: AgentStatement(share: 50, isDown: false)))
  }

  @Test func aMissingOrSilentAgentSaysNothing() async throws {
    let prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test"))
    let listener = try LoopbackListener()
    listener.stop()
    let missing = await prober.probe(
      CheckTarget(server: .loopback, probe: .agent(send: [], port: listener.port), timing: CheckTiming()))
    #expect(
      missing
        == ProbeOutcome(.inconclusive, "not asked: port \(listener.port): connection refused (ECONNREFUSED)"))
    let peer = try ScriptedPeer(.hanging, isDatagram: false)
    let silent = await prober.probe(
      CheckTarget(
        server: .loopback, probe: .agent(send: [], port: peer.port), timing: CheckTiming(timeout: .milliseconds(20))))
    #expect(silent == ProbeOutcome(.inconclusive, "not asked: port \(peer.port): no answer of the agent within 20 ms"))
  }

  /// Any bytes are read without a trap and within the bound.
  @Test func anyBytesAreRead() {
    var random = SystemRandomNumberGenerator()
    let words = ["up", "50%", "#", "drain", ",", " ", "\t", "%", "\u{FF}"].map { Array($0.utf8) }
    for _ in 0..<20_000 {
      var line = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in words.randomElement(using: &random) ?? [] }
      if let place = line.indices.randomElement(using: &random) { line[place] = UInt8.random(in: 0 ... .max) }
      let outcome = AgentReply.outcome(line, port: 1)
      #expect((outcome.agent == nil) == (outcome.verdict == .inconclusive))
      #expect(outcome.agent?.share.map { (0...100).contains($0) } ?? true)
    }
  }
}
