import ControlAPI
import FoundationEssentials
import Synchronization
import Testing

@testable import LBCommands

/// Whole command lines, from arguments to exit code.
@Suite struct LbctlProgramTests {
  /// What a run left.
  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  private func run(
    _ arguments: [String], socket: String = "/nowhere/control.sock", pauses: Int = 0
  ) async -> Outcome {
    let (output, errors) = (Recorder(), Recorder())
    let left = Mutex(pauses)
    var program = LbctlProgram(
      environment: ["LBD_SOCKET": socket], display: Display(),
      console: Console(output: output.add, error: errors.add, draw: output.add))
    program.now = { Samples.now }
    program.pause = { _ in
      try left.withLock { left in
        guard left > 0 else { throw CancellationError() }
        left -= 1
      }
    }
    return Outcome(code: await program.run(arguments), output: output.text, errors: errors.text)
  }

  private final class Recorder: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    var add: @Sendable (String) -> Void { { line in self.lines.withLock { $0.append(line) } } }
  }

  @Test func overviewAsText() async throws {
    try await ScriptedServer.with(.json(Samples.overview)) { server in
      let outcome = await run(["overview"], socket: server.path)
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("● RomexisVIP  green"))
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test func overviewAsJSONIsThatOfTheAPI() async throws {
    try await ScriptedServer.with(.json(Samples.overview)) { server in
      let outcome = await run(["--json", "overview"], socket: server.path)
      let overview = try ControlJSON.decode(Overview.self, from: Data(outcome.output.utf8))
      #expect(overview == Samples.overview)
    }
  }

  @Test func whatDiagnosisFindsIsInItsExitCode() async throws {
    try await ScriptedServer.with(.json(Samples.diagnosis), .json(DiagnosisReport(findings: []))) { server in
      let found = await run(["diagnose", "Mail"], socket: server.path)
      #expect(found.code == 10 && found.output.contains("arp-problem  Mail/a"))
      let nothing = await run(["diagnose"], socket: server.path)
      #expect(nothing.code == 0 && nothing.output.contains("nothing found"))
      #expect(server.requests == ["POST /v1/diagnose?service=Mail", "POST /v1/diagnose"])
    }
  }

  @Test func watchEndsWhereNobodyWasThereToBeginWith() async {
    #expect(await run(["overview", "--watch", "1"], socket: "/nowhere/control.sock", pauses: 2).code == 6)
  }

  @Test func watchShowsItAgain() async throws {
    try await ScriptedServer.with(.json(Samples.overview), .close, .json(Samples.overview)) { server in
      let outcome = await run(["overview", "--watch", "1"], socket: server.path, pauses: 2)
      #expect(outcome.code == 0)
      #expect(outcome.output.matches(of: /RomexisVIP/).count == 2)
      #expect(outcome.output.contains("lbctl: lbd closed the connection"))
    }
  }

  @Test(arguments: [
    (["online", "S", "R"], "PUT /v1/services/S/servers/R/state {\"state\":\"online\"}"),
    (["halt", "S", "R", "--dry-run"], "PUT /v1/services/S/servers/R/state?dryRun=true {\"state\":\"halt\"}"),
    (["drain", "--everywhere", "10.0.0.1"], "PUT /v1/servers/10.0.0.1/state {\"state\":\"drain\"}"),
  ])
  func statesAreSet(arguments: [String], request: String) async throws {
    try await ScriptedServer.with(.json(Samples.halted)) { server in
      let outcome = await run(arguments, socket: server.path)
      #expect(outcome.code == 0)
      #expect(outcome.output.hasPrefix("RomexisVIP/RomexisServer1: halted"))
      #expect(server.requests == [request])
    }
  }

  @Test func drainWaitsForConnections() async throws {
    var busy = Samples.overview
    busy.services[0].servers[0].connections.active = 3
    try await ScriptedServer.with(.json(Samples.halted), .json(busy), .json(busy), .json(Samples.overview)) { server in
      let outcome = await run(["drain", "--wait", "60", "S", "R"], socket: server.path, pauses: 10)
      #expect(outcome.code == 0)
      #expect(server.requests.count == 4)
    }
    try await ScriptedServer.with(.json(Samples.halted), .json(busy)) { server in
      #expect(await run(["drain", "--wait", "60", "--dry-run", "S", "R"], socket: server.path).code == 0)
      #expect(server.requests.count == 1)
    }
    try await ScriptedServer.with(.json(Samples.halted), .json(busy)) { server in
      let outcome = await run(["drain", "--wait", "1", "S", "R"], socket: server.path, pauses: 10)
      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("RomexisVIP/RomexisServer1: 3\n"))
      #expect(outcome.errors.contains("3 connections did not end in time; the server stays drained"))
      #expect(server.requests.count == 4)
    }
  }

  @Test func aPlanThatWouldChangeSomethingIsTen() async throws {
    try await ScriptedServer.with(
      .json(Samples.plan), .json(Plan(changes: [])), .json(Samples.plan), .json(Samples.plan)
    ) { server in
      #expect(await run(["config", "plan"], socket: server.path).code == 10)
      let nothing = await run(["config", "plan"], socket: server.path)
      #expect((nothing.code, nothing.output) == (0, "nothing would change"))
      #expect(await run(["config", "reload", "--dry-run"], socket: server.path).code == 0)
      let tried = await run(["config", "reload", "--dry-run", "--confirm-within", "60"], socket: server.path)
      #expect(tried.code == 0)
      #expect(server.requests == Array(repeating: "POST /v1/config/plan", count: 4))
    }
  }

  @Test func configurationErrorsAreTwo() async throws {
    let refusal = APIError.configurationErrors(Samples.invalidCheck.errors)
    try await ScriptedServer.with(.refusal(refusal), .json(Samples.invalidCheck)) { server in
      let reload = await run(["config", "reload"], socket: server.path)
      #expect(reload.code == 2)
      #expect(reload.errors.hasPrefix("a.xml:3: unknown attribute 'adress'\nb.xml: no such file\nlbctl: "))
      let check = await run(["config", "check"], socket: server.path)
      #expect(check.code == 2)
      #expect(check.output.hasPrefix("a.xml:3: unknown attribute 'adress'\n"))
    }
  }

  @Test func filesAreCheckedWithoutADaemon() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/lbctl-\(UInt64.random(in: 0 ... .max)).xml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(#"<load-balancer version="1"/>"#.utf8).write(to: URL(filePath: path))
    let right = await run(["config", "check", path])
    #expect(right.code == 0, "\(right.output)")
    try Data("<load-balancer version=\"1\">\n<virtual-servce/></load-balancer>".utf8).write(to: URL(filePath: path))
    let wrong = await run(["config", "check", path])
    #expect(wrong.code == 2)
    #expect(wrong.output.hasPrefix("\(path):2: "))
    let missing = await run(["config", "check", "/nowhere.xml"])
    #expect(missing.code == 2)
    #expect(missing.output.contains("No such file"))
  }

  @Test func eventsAreFollowedOverARestart() async throws {
    let more = EventList(events: [Event(id: 8, at: Samples.now, kind: .health, message: "eight")], last: 8)
    let anew = EventList(events: [Event(id: 1, at: Samples.now, kind: .daemon, message: "one")], last: 1)
    let none = EventList(events: [], last: 1)
    try await ScriptedServer.with(
      .json(Samples.events), .json(more), .close, .json(none), .json(anew)
    ) { server in
      let outcome = await run(["events", "--follow", "--json"], socket: server.path, pauses: 3)
      let ids = outcome.output.split(separator: "\n").compactMap { line in
        try? ControlJSON.decode(Event.self, from: Data(line.utf8)).id
      }
      #expect(ids == [6, 7, 8, 1])
      #expect(
        server.requests == [
          "GET /v1/events", "GET /v1/events?after=7", "GET /v1/events?after=8", "GET /v1/events?after=8",
          "GET /v1/events",
        ])
      #expect(outcome.errors.contains("lbd closed the connection"))
    }
  }

  @Test func failuresAreJSONToo() async throws {
    let outcome = await run(["status", "--json"])
    #expect(outcome.code == 6)
    #expect(outcome.errors.contains("systemctl start lbd"))
    let body = try ControlJSON.decode(ErrorBody.self, from: Data(outcome.output.utf8))
    #expect(body.error.code.rawValue == "not-running")
  }

  @Test(arguments: [
    ["halt"], ["halt", "S"], ["halt", "S", "R", "T"], ["halt", "S", "--everywhere", "R"], ["nonsense"],
    ["overview", "--watch", "0"], ["overview", "--watch", "x"], ["overview", "--sort", "colour"],
    ["drain", "--wait", "-1", "S", "R"], ["service", "show"], ["--socket"],
  ])
  func wrongUsageIsSixtyFour(arguments: [String]) async {
    let outcome = await run(arguments)
    #expect(outcome.code == 64)
    #expect(outcome.output.isEmpty)
    #expect(!outcome.errors.isEmpty)
  }

  @Test func theSocketOptionWins() async throws {
    try await ScriptedServer.with(.json(Samples.status)) { server in
      #expect(await run(["--socket", server.path, "status"]).code == 0)
      #expect(await run(["status", "--socket", server.path]).code == 0)
    }
  }

  @Test(arguments: [
    [], ["--help"], ["config"], ["help", "drain"], ["overview", "--help"], ["--version"],
  ]) func helpIsOutput(arguments: [String]) async {
    let outcome = await run(arguments)
    #expect(outcome.code == 0)
    #expect(!outcome.output.isEmpty)
    #expect(outcome.errors.isEmpty)
  }
}
