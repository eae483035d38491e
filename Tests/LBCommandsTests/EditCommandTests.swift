import ArgumentParser
import ControlAPI
import FoundationEssentials
import Glibc
import LinuxSystem
import Synchronization
import Testing

@testable import LBCommands
@testable import LBConfiguration

/// Whole editing command lines, with a daemon and without.
@Suite struct EditCommandTests {
  private func run(_ arguments: [String], socket: String = "/nowhere") async -> (code: Int32, output: String) {
    let lines = Mutex<[String]>([])
    let program = LbctlProgram(
      environment: ["LBD_SOCKET": socket], display: Display(),
      console: Console(
        output: { line in lines.withLock { $0.append(line) } }, error: { line in lines.withLock { $0.append(line) } },
        draw: { _ in }))
    let code = await program.run(arguments)
    return (code, lines.withLock { $0.joined(separator: "\n") })
  }

  private static let service = "PATCH /v1/services/S "

  @Test(arguments: [
    (
      ["service", "add", "S", "--address", "10.0.0.1", "--ports", "80"],
      #"POST /v1/services {"address":"10.0.0.1","healthCheck":{"type":"connect"},"label":"S","persistence":"#
        + #"{"timeout":"300"},"ports":"80"}"#
    ),
    (
      ["service", "add", "S", "--protocol", "udp", "--no-persistence", "--check-interval", "2", "--if-absent"],
      #"POST /v1/services?ifAbsent=true {"healthCheck":{"interval":"2","type":"udp"},"label":"S","protocol":"udp"}"#
    ),
    (
      ["service", "add", "S", "--no-check", "--persistence-granularity", "24", "--dry-run"],
      #"POST /v1/services?dryRun=true {"label":"S","persistence":{"granularity":"24","timeout":"300"}}"#
    ),
    (
      ["service", "edit", "S", "--label", "T", "--snat-address", "", "--no-fallback", "--check-port", "1"],
      service + #"{"fallback":null,"healthCheck":{"port":"1"},"label":"T","snatAddress":null}"#
    ),
    (
      ["service", "edit", "S", "--fallback-forwarding", "nat", "--persistence-timeout", "60"],
      service + #"{"fallback":{"forwarding":"nat"},"persistence":{"timeout":"60"}}"#
    ),
    (
      ["service", "duplicate", "S", "T", "--ports", "81"],
      #"POST /v1/services/S/duplicate {"label":"T","ports":"81"}"#
    ),
    (["service", "delete", "S"], "DELETE /v1/services/S"),
    (
      ["server", "add", "S", "R", "--address", "10.0.0.2", "--minimum-connections", "5"],
      #"POST /v1/services/S/servers {"address":"10.0.0.2","label":"R","minimumConnections":"5"}"#
    ),
    (["server", "edit", "S", "R", "--weight", "5"], #"PATCH /v1/services/S/servers/R {"weight":"5"}"#),
    (["server", "delete", "S", "R", "--dry-run"], "DELETE /v1/services/S/servers/R?dryRun=true"),
    (["check", "add", "S", "--type", "on"], #"POST /v1/services/S/checks {"type":"on"}"#),
    (
      ["check", "edit", "S", "R", "2", "--port", "1", "--fast-interval", ""],
      #"PATCH /v1/services/S/servers/R/checks/2 {"fastInterval":null,"port":"1"}"#
    ),
    (["check", "delete", "S", "1"], "DELETE /v1/services/S/checks/1"),
    (
      ["floating-ip", "add", "10.0.0.1/24", "--interface", "eth0"],
      #"POST /v1/floating-ips {"address":"10.0.0.1/24","interface":"eth0"}"#
    ),
    (["floating-ip", "delete", "10.0.0.1"], "DELETE /v1/floating-ips/10.0.0.1"),
  ])
  func requests(arguments: [String], request: String) async throws {
    try await ScriptedServer.with(.json(Samples.edit)) { server in
      let outcome = await run(arguments, socket: server.path)
      #expect(outcome.code == 0, "\(outcome.output)")
      #expect(outcome.output.hasSuffix("written to /etc/lbd/lbd.xml"))
      #expect(server.requests == [request])
    }
  }

  @Test func bodiesComeBackAsTheyWere() throws {
    let element = ElementRequest(
      attributes: ["minimum-connections": "5", "called-ae-title": "ü\"", "ca-file": "/x"], removed: ["fallback"],
      inner: ["health-check": ElementRequest(attributes: ["type": "on"])])
    #expect(try ControlJSON.decode(ElementRequest.self, from: try ControlJSON.compact(element)) == element)
    let typed = #"{"weight":5,"enabled":true,"persistence":{"timeout":0.5}}"#
    #expect(
      try ControlJSON.decode(ElementRequest.self, from: Data(typed.utf8))
        == ElementRequest(
          attributes: ["weight": "5", "enabled": "yes"],
          inner: ["persistence": ElementRequest(attributes: ["timeout": "0.5"])]))
    #expect(throws: (any Error).self) { try ControlJSON.decode(ElementRequest.self, from: Data(#"{"a":[1]}"#.utf8)) }
  }

  @Test func optionsAreTheAttributesOfTheFormat() {
    func names(_ element: String, _ prefix: String = "") -> Set<String> {
      Set(ConfigurationFormat.attributes(of: element).map { prefix + $0 })
    }
    #expect(Set(ServiceOptions.names) == names("virtual-service").subtracting(["label"]))
    #expect(Set(ServerOptions.names) == names("real-server").subtracting(["label"]))
    #expect(Set(CheckOptions.names) == names("health-check"))
    #expect(Set(InnerCheckOptions.names) == names("health-check", "check-"))
    #expect(Set(PersistenceOptions.names) == names("persistence", "persistence-"))
    #expect(Set(FallbackOptions.names) == names("fallback", "fallback-"))
  }

  @Test func filesAreEditedWithoutADaemon() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/lbctl-edit-\(UInt64.random(in: 0 ... .max)).xml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func text() throws -> String { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }
    let offline = ["--offline", "--config", path]
    let add = ["service", "add", "Web", "--address", "10.0.0.1", "--ports", "80"]
    let dry = await run(offline + add + ["--dry-run"])
    #expect(dry.code == 0 && dry.output.contains("+ Web: virtual service 10.0.0.1 tcp 80 with 0 real servers"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(await run(offline + add).code == 0)
    #expect(await run(offline + add).code == 4)
    let same = await run(add + ["--if-absent"] + offline)
    #expect(same.code == 0 && same.output == "nothing to change: it is so already")
    #expect(await run(offline + ["server", "add", "Web", "a", "--address", "10.0.0.11"]).code == 0)
    let weight = await run(offline + ["server", "edit", "Web", "a", "--weight", "50", "--dry-run"])
    #expect(weight.output == "~ Web/a: weight of a 100 → 50\nwould be written to \(path)")
    let renamed = await run(offline + ["server", "edit", "Web", "a", "--label", "b", "--dry-run"])
    #expect(renamed.output.contains("halt or drain of Web/a does not go along: repeat it for Web/b"))
    let service = await run(offline + ["service", "edit", "Web", "--label", "Shop", "--dry-run"])
    #expect(service.output.contains("halt or drain in Web does not go along: repeat it for Shop"))
    let before = try text()
    #expect(before.contains("\n    <real-server label=\"a\" address=\"10.0.0.11\"/>\n  </virtual-service>\n"))
    let wrong = await run(offline + ["server", "edit", "Web", "a", "--weight", "x"])
    #expect(wrong.code == 2 && wrong.output.contains("\(path):6: "))
    #expect(await run(offline + ["server", "edit", "Web", "b", "--weight", "1"]).code == 3)
    #expect(await run(offline + ["check", "delete", "Web", "2"]).code == 3)
    #expect(try text() == before)
    #expect(await run(offline + ["config", "check"]).code == 0)
    try Data("<load-balancer><x/></load-balancer>\n".utf8).write(to: URL(filePath: path))
    let broken = await run(offline + ["config", "check"])
    #expect(broken.code == 2 && broken.output.contains("\(path):1: "), "\(broken.output)")
    let missing = await run(["config", "check", "--offline", "--config", "/nowhere.xml"])
    #expect(missing.code == 2 && missing.output.contains("/nowhere.xml"), "\(missing.output)")
  }

  @Test(arguments: [
    ["service", "edit", "S"], ["service", "add", "S", "--persistence-timeout", "1", "--no-persistence"],
    ["check", "edit", "S", "x", "--port", "1"], ["check", "delete", "S", "0"], ["check", "delete", "1"],
    ["check", "add", "S"], ["server", "edit", "S", "R", "--nonsense", "1"], ["--offline", "overview"],
    ["service", "delete", "S", "--config", "x"], ["config", "check", "--as-drop-in"],
    ["config", "reload", "--confirm-within", "0"], ["config", "rollback", "x"],
  ])
  func wrongUsageIsSixtyFour(arguments: [String]) async {
    let outcome = await run(arguments)
    #expect(outcome.code == 64, "\(outcome.output)")
  }

  @Test func theHistoryIsShownAndRolledBack() async throws {
    try await ScriptedServer.with(
      .json(Samples.history), .json(Samples.running), .json(Samples.plan), .json(Samples.plan), .json(Samples.plan),
      .json(Plan(changes: [])), .json(Plan(changes: []))
    ) { server in
      #expect(await run(["config", "history"], socket: server.path).output.contains("/etc/lbd/lbd.xml"))
      #expect(
        await run(["config", "show"], socket: server.path).output.contains("<!-- /etc/lbd/lbd.xml:3 -->\n  <virtual"))
      #expect(await run(["config", "rollback", "2", "--dry-run"], socket: server.path).code == 0)
      #expect(await run(["config", "rollback"], socket: server.path).output.hasSuffix("rolled back"))
      let reload = await run(["config", "reload", "--confirm-within", "60"], socket: server.path)
      #expect(reload.output.hasSuffix("it goes back in 60 s unless you run 'lbctl config confirm'"))
      #expect(await run(["config", "confirm", "--dry-run"], socket: server.path).output == "would be confirmed")
      #expect(await run(["config", "confirm"], socket: server.path).output == "confirmed")
      #expect(
        server.requests == [
          "GET /v1/config/history", "GET /v1/config", "POST /v1/config/rollback?back=2&dryRun=true",
          "POST /v1/config/rollback?back=1", "POST /v1/config/reload?confirmWithin=60",
          "POST /v1/config/confirm?dryRun=true", "POST /v1/config/confirm",
        ])
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreMade(shell: String) async {
    let outcome = await run(["--generate-completion-script", shell])
    #expect(outcome.code == 0 && outcome.output.contains("floating-ip"))
  }

  @Test func everyHelpHasAnExample() async {
    for path in paths(Lbctl.self) {
      let outcome = await run(path + ["--help"])
      #expect(outcome.code == 0 && outcome.output.contains("Example"), "\(path)")
      #expect(outcome.output.contains((["lbctl"] + path).joined(separator: " ")), "\(path)")
    }
  }

  /// The ways to a command and to all below it.
  private func paths(_ command: any ParsableCommand.Type, _ path: [String] = []) -> [[String]] {
    [path] + command.configuration.subcommands.flatMap { paths($0, path + [$0._commandName]) }
  }

  @Test func anotherProgramsFileIsImported() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/lbctl-import-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("-A -t 192.0.2.1:80 -s rr --pe sip\n".utf8).write(to: URL(filePath: path))
    let text = await run(["config", "import", "ipvsadm", path])
    #expect(text.code == 0 && text.output.contains("<virtual-service label=\"192.0.2.1-80\""))
    #expect(text.output.hasSuffix("lbctl: 1 thing without equivalent; see the comments"))
    let json = await run(["config", "import", "ipvsadm", path, "--json"])
    let imported = try ControlJSON.decode(ImportedConfiguration.self, from: Data(json.output.utf8))
    #expect(imported.notes.map(\.line) == [1] && imported.configuration.hasSuffix("</load-balancer>\n"))
    let wrong = await run(["config", "import", "keepalived", "/dev/null/x"])
    #expect(wrong.code == 1)
    let kind = await run(["config", "import", "keepalive", path])
    #expect(kind.code == 64 && kind.output.contains("did you mean 'keepalived'?"))
    let refused = await run(["config", "import", "ldirectord", path])
    #expect(refused.code == 2 && refused.output.contains("\(path):1: "))
  }
}

/// What an editing command says where it may not read or write.
@Suite struct DeniedEditTests {
  @Test(arguments: [(EACCES, 5), (EPERM, 5), (ENOSPC, 1), (EROFS, 1)] as [(Int32, Int32)])
  func whatMayNotBeWrittenHasItsOwnExitCode(errno: Int32, code: Int32) {
    let failure = CommandFailure(EditError(SystemError("write /etc/lbd/lbd.xml", errno: errno)))
    #expect(failure.status.rawValue == code)
    #expect(failure.message.hasPrefix("write /etc/lbd/lbd.xml: "))
  }
}
