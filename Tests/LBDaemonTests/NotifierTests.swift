import CheckPrograms
import Director
import Foundation
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import LBDaemon

@Suite(.timeLimit(.minutes(5))) struct NotifierTests {
  /// Answers as the test says, and notes what was asked.
  private final class Program: Sendable {
    private let state: Mutex<(failures: Int, asked: [ProgramRequest])>
    let (runs, ran) = AsyncStream<Int>.makeStream()

    init(failures: Int = 0) { state = Mutex((failures, [])) }

    var asked: [ProgramRequest] { state.withLock { $0.asked } }

    func run(_ request: ProgramRequest) -> ProgramReply {
      let fails = state.withLock { state in
        state.asked.append(request)
        state.failures -= 1
        ran.yield(state.asked.count)
        return state.failures >= 0
      }
      return fails ? ProgramReply(.failed, "exit status 1: no mail today") : ProgramReply(.passed, "sent")
    }

    /// Returns when so many have been asked for.
    func waitFor(_ count: Int) async {
      for await run in runs where run >= count { return }
    }
  }

  private func event(_ id: Int, kind: String = "health", state: String? = "down") throws -> DirectorEvent {
    let state = state.map { ",\"state\":\"\($0)\"" } ?? ""
    let json = """
      {"at":1763632800,"id":\(id),"kind":"\(kind)","message":"down: refused","server":"a","service":"Web",\
      "severity":"warning"\(state)}
      """
    return try JSONDecoder().decode(DirectorEvent.self, from: Data(json.utf8))
  }

  private func notifying(
    _ program: Program, clock: ManualClock = ManualClock(), command: String = "tell",
    _ body: (ReloaderFixture, StateChangeQueue) async throws -> Void
  ) async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write(
        ReloaderFixture.text.replacing(
          #"<global watch="no"/>"#, with: #"<global watch="no"><notify command="\#(command)"/></global>"#))
      _ = try await fixture.reloader.reload(reason: "test")
      let notifier = Notifier(
        queue: fixture.notifications, director: fixture.director, runProgram: { program.run($0) }, clock: clock)
      let running = Task { try await notifier.run() }
      try await body(fixture, fixture.notifications)
      running.cancel()
      try await running.value
    }
  }

  @Test func changesOfStateAreTold() async throws {
    let program = Program()
    try await notifying(program) { _, queue in
      queue.offer(try event(1, kind: "configuration", state: nil))
      queue.offer(try event(2))
      queue.offer(try event(3, kind: "operator", state: "halt"))
      await program.waitFor(2)
      let first = try #require(program.asked.first)
      #expect(first.program == "/etc/lbd/checks/tell" && first.timeout == .seconds(30))
      #expect(first.arguments == ["health", "Web", "a", "down"])
      #expect(
        first.environment == [
          "LBD_EVENT": "health", "LBD_SERVICE": "Web", "LBD_SERVER": "a", "LBD_STATE": "down",
          "LBD_MESSAGE": "down: refused", "LBD_SEVERITY": "warning", "LBD_TIME": "2025-11-20T10:00:00Z", "LBD_ID": "2",
          "LBD_TIMEOUT": "30.0", "PATH": ProgramHelper.searchPath,
        ])
      #expect(program.asked[1].arguments == ["operator", "Web", "a", "halt"])
    }
  }

  @Test func isTriedAgainAndGivenUp() async throws {
    let (program, clock) = (Program(failures: 3 + 4), ManualClock())
    try await notifying(program, clock: clock) { fixture, queue in
      let before = await fixture.director.lastEvent
      for id in 1...3 { queue.offer(try event(id)) }
      // The first fails four times, the second passes at its fourth attempt.
      for (asked, pause) in zip([1, 2, 3, 5, 6, 7], [1, 5, 25, 1, 5, 25]) {
        await clock.waitForSleepers(1)
        #expect(program.asked.count == asked)
        clock.advance(by: .seconds(pause))
      }
      await program.waitFor(9)
      var counts = StateChangeQueue.Counts()
      while counts.delivered < 2 {
        await Task.yield()
        counts = queue.counts
      }
      #expect(counts == .init(delivered: 2, failed: 1))
      let told = await fixture.director.events(after: before).map(\.message)
      #expect(
        told.filter { $0.contains("notify") } == [
          "the notify program tell failed 4 times for Web/a down: exit status 1: no mail today"
        ])
    }
  }

  @Test func theNewestWaitAndTheOthersAreCounted() async throws {
    let program = Program()
    let queue = StateChangeQueue()
    for id in 1...1000 { queue.offer(try event(id)) }
    let seen = Mutex<[Int]>([])
    let reading = Task {
      await queue.forEach { event, dropped in
        if event.id == 745 { #expect(dropped == 744) }
        seen.withLock { $0.append(event.id) }
      }
    }
    while seen.withLock(\.count) < StateChangeQueue.waitingMax { await Task.yield() }
    reading.cancel()
    await reading.value
    #expect(seen.withLock(\.self) == Array(745...1000))
    #expect(program.asked.isEmpty)
  }

  /// The program runs in the helper, which has no privileges where lbd has.
  @Test func theHelperRunsIt() async throws {
    try await APIFixture.withDirectory { directory in
      let script = directory + "/tell"
      try "#!/bin/sh\necho \"$# $* $LBD_MESSAGE\" >\(directory)/told\n".write(
        toFile: script, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
      let listener = try UnixSocket.listen(at: directory + "/checks.sock", backlog: 16).take()
      let server = try ProgramServer()
      let helper = ProgramHelper(socketPath: directory + "/checks.sock")
      let loop = try EpollLoop(threadName: "lbd-test")
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run(on: OwnedDescriptor(listener)) }
        let request = ProgramRequest(notifying: try event(1), command: script, timeout: .seconds(50))
        let reply = try await helper.run(request, over: loop)
        #expect(reply == ProgramReply(.passed, "exit status 0"))
        group.cancelAll()
      }
      #expect(try String(contentsOfFile: directory + "/told", encoding: .utf8) == "4 health Web a down down: refused\n")
    }
  }

  /// A relay that notes what it is told.
  private static let relay = """
    import socket, sys
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    peer = listener.accept()[0]
    lines = peer.makefile("r", newline="\\r\\n")
    peer.sendall(b"220-a relay\\r\\n220 at your service\\r\\n")
    text, isMail = [], False
    for line in lines:
        line = line.rstrip("\\r\\n")
        text.append(line)
        if isMail and line != ".":
            continue
        isMail = line == "DATA"
        peer.sendall(b"354 go on\\r\\n" if isMail else b"221 bye\\r\\n" if line == "QUIT" else b"250 fine\\r\\n")
        if line == "QUIT":
            break
    print("\\n".join(text), flush=True)
    """

  @Test func theShippedExampleSendsMail() async throws {
    try await APIFixture.withDirectory { directory in
      let path = directory + "/relay.log"
      let relay = try ServerProcess(["/usr/bin/python3", "-c", Self.relay], outputPath: path)
      defer { relay.kill9() }
      while !relay.output.contains("\n") { try await Task.sleep(for: .milliseconds(10)) }
      let port = relay.output.split(separator: "\n")[0]
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let script = try String(contentsOf: root.appending(path: "Config/checks/notify-mail"), encoding: .utf8)
        .replacing("relay=localhost:25", with: "relay=127.0.0.1:\(port)")
      try script.write(toFile: directory + "/mail", atomically: false, encoding: .utf8)
      let words = ["env", "LBD_EVENT=operator", "LBD_SERVICE=Web", "LBD_SERVER=a", "LBD_STATE=halt"]
      let facts = ["LBD_MESSAGE=online → halt", "LBD_TIME=2025-11-20T10:00:00Z", "LBD_USER=jane", "LBD_SEVERITY=x"]
      let mail = try ServerProcess(
        words + facts + ["/bin/bash", directory + "/mail"], outputPath: directory + "/mail.log")
      while !mail.isOver || !relay.isOver { try await Task.sleep(for: .milliseconds(10)) }
      #expect(mail.output == "")
      let text = relay.output
      #expect(text.contains("MAIL FROM:<lbd@localhost>\nRCPT TO:<root@localhost>\nDATA\n"), "\(text)")
      #expect(text.contains("\nSubject: [lbd] Web/a halt\n"), "\(text)")
      #expect(
        text.contains("\n\nlbd: Web/a halt: online → halt\nevent operator, 2025-11-20T10:00:00Z, by jane\n"), "\(text)")
      #expect(text.hasSuffix("shows all.\n.\nQUIT\n"), "\(text)")
    }
  }
}
