import ControlAPI
import FoundationEssentials
import LinuxSystem
import Testing

@Suite struct ControlClientTests {
  private func overviewError(
    _ step: ScriptedServer.Step, timeLimit: Duration = .seconds(60), answerBytesMax: Int = 1 << 20
  ) async throws -> ControlError? {
    try await ScriptedServer.with(step) { server in
      let client = ControlClient(socketPath: server.path, timeLimit: timeLimit, answerBytesMax: answerBytesMax)
      do throws(ControlError) {
        _ = try await client.overview()
        return nil
      } catch {
        return error
      }
    }
  }

  @Test func answersBecomeValues() async throws {
    try await ScriptedServer.with(.json(Samples.richOverview), .json(Samples.halted)) { server in
      let client = ControlClient(socketPath: server.path)
      let overview = try await client.overview()
      #expect(overview == Samples.richOverview)
      let change = try await client.setState(.halt, of: .one(service: "a b", server: "R"), dryRun: true)
      #expect(change == Samples.halted)
      #expect(
        server.requests == [
          "GET /v1/overview", #"PUT /v1/services/a%20b/servers/R/state?dryRun=true {"state":"halt"}"#,
        ])
    }
  }

  @Test func answersMayHaveNoLengthOrComeInChunks() async throws {
    let body = Samples.romexisJSON
    let count = String(body.utf8.count, radix: 16)
    for answer in [
      "HTTP/1.1 200 OK\r\n\r\n\(body)",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(count)\r\n\(body)\r\n0\r\n\r\n",
    ] { #expect(try await overviewError(.bytes(answer)) == nil) }
  }

  @Test func refusalsKeepTheirWords() async throws {
    let refusal = APIError(status: 404, code: .noSuchService, message: "no such", details: ["a", "b"])
    #expect(try await overviewError(.refusal(refusal)) == .refused(refusal))
  }

  @Test func refusalsOfTheHTTPLayerHaveNoBody() async throws {
    let error = try await overviewError(.bytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
    guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(refusal.status == 400)
    #expect(refusal.message.hasPrefix("lbd refused the request: 400"))
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_10.0\r\n", "\0\0\0\0\0\0\0\0", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,2]",
  ])
  func garbageIsNamedSo(answer: String) async throws {
    let error = try await overviewError(.bytes(answer))
    guard case .malformedAnswer = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test(arguments: [
    ScriptedServer.Step.close, .bytes("HTTP/1.1 200"), .bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"),
  ])
  func answersThatEndTooEarly(step: ScriptedServer.Step) async throws {
    let error = try await overviewError(step)
    guard case .cutOff = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test func silenceHasALimit() async throws {
    let error = try await overviewError(.silence, timeLimit: .milliseconds(50))
    guard case .timedOut = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(error?.description.contains("within 0.05 s") == true)
  }

  @Test func sizeHasALimit() async throws {
    let body = String(repeating: "x", count: 2_000)
    let error = try await overviewError(.bytes("HTTP/1.1 200 OK\r\n\r\n\(body)"), answerBytesMax: 1_000)
    guard case .answerTooLarge = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test func noSocketMeansNoDaemon() async {
    let client = ControlClient(socketPath: "/nowhere/control.sock")
    await #expect(throws: ControlError.notRunning(socket: "/nowhere/control.sock", reason: "no such socket")) {
      try await client.status()
    }
  }

  @Test func aSocketThatACrashLeftMeansNoDaemon() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/lbctl-\(UInt64.random(in: 0 ... .max)).sock"
    _ = try UnixSocket.listen(at: path, backlog: 1)
    defer { try? FileManager.default.removeItem(atPath: path) }
    await #expect(throws: ControlError.notRunning(socket: path, reason: "nobody listens")) {
      try await ControlClient(socketPath: path).status()
    }
  }

  @Test func pathsHaveALimit() async {
    let path = "/" + String(repeating: "x", count: 200)
    await #expect(
      throws: ControlError.unreachable(socket: path, reason: "the path is too long for a Unix socket")
    ) { try await ControlClient(socketPath: path).status() }
  }
}
