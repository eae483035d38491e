import Foundation
import Testing

@testable import CheckPrograms

@Suite(.timeLimit(.minutes(5))) struct ProgramRunnerTests {
  private func run(_ script: String, timeout: Duration = .seconds(50)) async -> ProgramReply {
    let request = ProgramRequest(
      program: "/bin/sh", arguments: ["-c", script, "check", "10.0.0.9", "0"],
      environment: ["LBD_SERVICE": "Web", "PATH": "/usr/bin:/bin"], timeout: timeout)
    return await ProgramRunner(request).run()
  }

  @Test(
    arguments: [
      (#"echo "$1 $2 $LBD_SERVICE $(pwd) $(env | wc -l)""#, ProgramReply(.passed, "10.0.0.9 0 Web / 3")),
      ("cat", ProgramReply(.passed, "exit status 0")),
      ("echo one; echo two >&2; exit 7", ProgramReply(.failed, "exit status 7: one; two")),
      ("exit 1", ProgramReply(.failed, "exit status 1")),
      ("kill -9 $$", ProgramReply(.failed, "ended by signal 9")),
    ])
  func theExitStatusDecides(script: String, reply: ProgramReply) async {
    #expect(await run(script) == reply)
  }

  @Test func whatCannotBeStartedSaysNothingOfTheServer() async {
    let request = ProgramRequest(program: "/nonexistent/check", arguments: [], environment: [:], timeout: .seconds(9))
    let reply = await ProgramRunner(request).run()
    #expect(reply.outcome == .notRun && reply.message.hasPrefix("/nonexistent/check cannot be started"), "\(reply)")
  }

  @Test func muchOutputIsReadAndForgotten() async {
    let reply = await run("head -c 3000000 /dev/zero | tr '\\0' x; exit 3")
    #expect(reply.outcome == .failed)
    #expect(reply.message.utf8.count < ProgramRunner.outputBytesMax + 100)
  }

  /// The shell, what it started, and what hears no SIGTERM.
  @Test func theTimeLimitEndsTheWholeGroup() async throws {
    let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1000; done' & echo $$; wait"
    var processes: [Int] = []
    // A machine that is busy elsewhere may keep both from beginning in time.
    while processes.count < 2 {
      let reply = await run(script, timeout: .milliseconds(500))
      #expect(reply.outcome == .failed && reply.message.hasPrefix("no end within 0.5 s"), "\(reply)")
      processes = reply.message.dropFirst("no end within 0.5 s".count).split { !$0.isNumber }.compactMap { Int($0) }
    }
    for process in processes { while isAlive(process) { await Task.yield() } }
  }

  /// A program that leaves somebody behind with its output open is done all the same.
  @Test func whatAProgramLeavesBehindIsEnded() async throws {
    let reply = await run("sleep 1000 & echo $!")
    #expect(reply.outcome == .passed)
    let process = try #require(Int(reply.message))
    while isAlive(process) { await Task.yield() }
  }

  @Test func cancellationEndsTheProgram() async throws {
    let file = NSTemporaryDirectory() + "lbd-runner-\(UInt32.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let check = Task { await run("echo $$ > \(file).new; mv \(file).new \(file); sleep 1000") }
    while !FileManager.default.fileExists(atPath: file) { await Task.yield() }
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let process = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    check.cancel()
    _ = await check.value
    #expect(!isAlive(process))
  }

  /// A zombie, which only its new parent can bury, is dead enough.
  private func isAlive(_ process: Int) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return status.split(separator: ")").last?.split(separator: " ").first != "Z"
  }
}
