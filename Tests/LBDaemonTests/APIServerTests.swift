import ControlAPI
import FoundationEssentials
import Glibc
import NIOCore
import Testing

@testable import LBDaemon

@Suite struct APIServerTests {
  private let server = ServerSelection.one(service: "S", server: "R")

  /// A request as text, of which the connection's end is asked.
  private func request(_ line: String, headers: [String] = [], body: String = "") -> String {
    let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
    return (["\(line) HTTP/1.1", "Host: lbd", "Connection: close"] + length + headers + ["", body])
      .joined(separator: "\r\n")
  }

  private func status(_ request: String, access: Access? = .change, limits: APIServer.Limits = .init()) async throws
    -> String
  {
    try await APIFixture.serve(access: access, limits: limits) { path in
      String(try await APIFixture.exchange(request, on: path).prefix { $0 != "\r\n" })
    }
  }

  @Test func theClientAndTheServerUnderstandEachOther() async throws {
    let service = FakeControlService()
    try await APIFixture.serve(service) { path in
      let client = ControlClient(socketPath: path)
      let overview = try await client.overview()
      #expect(overview.services == [FakeControlService.service])
      _ = try await client.status()
      _ = try await client.services()
      _ = try await client.service("RomexisVIP")
      _ = try await client.events(after: 7)
      _ = try await client.diagnose("RomexisVIP")
      let change = try await client.setState(.drain, of: .everywhere("10.0.0.1"), dryRun: true)
      #expect(change.dryRun)
      _ = try await client.setState(.halt, of: server)
      _ = try await client.checkConfiguration()
      _ = try await client.planConfiguration()
      _ = try await client.reloadConfiguration()
      _ = try await client.reloadConfiguration(confirmWithin: 60)
      _ = try await client.confirmConfiguration()
      _ = try await client.carryOut(.withdraw, dryRun: true)
      _ = try await client.carryOut(.resume)
      _ = try await client.rollbackConfiguration(back: 2, dryRun: true)
      _ = try await client.configuration()
      _ = try await client.configurationHistory()
      _ = try await client.floatingIPs()
      _ = try await client.edit(.editService("S"), ElementRequest(attributes: ["one-packet": "yes"]))
      _ = try await client.edit(.deleteService("S"), options: EditOptions(dryRun: true))
    }
    let user = Accounts.userName(of: geteuid()) ?? "uid \(geteuid())"
    #expect(
      service.asked == [
        "overview", "status", "services", "service RomexisVIP", "events after 7",
        "diagnose RomexisVIP",
        "drain everywhere(\"10.0.0.1\") dry by \(user)", "halt one(service: \"S\", server: \"R\") by \(user)",
        "check", "plan", "reload by \(user)", "reload within 60 by \(user)", "confirm by \(user)",
        "withdraw dry by \(user)", "resume by \(user)",
        "rollback 2 dry by \(user)", "configuration", "history", "floating IPs", "PATCH one-packet=yes by \(user)",
        "DELETE  by \(user)",
      ])
  }

  @Test func connectionsThatNobodyTakesAreClosed() async throws {
    try await APIFixture.withDirectory { directory in
      let socket = try await APIServerSocket.claim(directory + "/control.sock")
      let (clients, continuation) = AsyncStream.makeStream(of: Task<String, any Error>.self)
      let server = APIServer(
        socket: socket, service: FakeControlService(), access: { _ in .change }, logger: APIFixture.logger
      ) {
        // Connections are taken after this only, and a server that is cancelled takes none.
        for _ in 0..<8 {
          continuation.yield(Task { try await APIFixture.exchange("", on: socket.path) })
        }
        continuation.finish()
        await APIFixture.letEventLoopsTurn(50)
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      }
      try? await server.run()
      for await client in clients {
        do {
          #expect(try await client.value.isEmpty)
        } catch let error as IOError {
          // It came too late: nobody listens any more, or the socket is gone.
          #expect([ECONNREFUSED, ENOENT].contains(error.errnoCode))
        }
      }
    }
  }

  @Test func strangersMayNothing() async throws {
    let service = FakeControlService()
    try await APIFixture.serve(service, access: nil) { path in
      let error = await #expect(throws: ControlError.self) { try await ControlClient(socketPath: path).overview() }
      guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect((refusal.status, refusal.code) == (403, .notPermitted))
      #expect(refusal.message.hasSuffix("may not read; root and members of group lbd or lbd-admin may"))
    }
    #expect(service.asked.isEmpty)
  }

  @Test func readersMayLookAndNotChange() async throws {
    let service = FakeControlService()
    try await APIFixture.serve(service, access: .read) { path in
      let client = ControlClient(socketPath: path)
      _ = try await client.overview()
      _ = try await client.setState(.halt, of: server, dryRun: true)
      for change in [
        { try await client.setState(.halt, of: server).changes },
        { try await client.reloadConfiguration().changes },
      ] {
        let error = await #expect(throws: ControlError.self) { try await change() }
        guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(refusal.status == 403)
      }
    }
    #expect(service.asked.count == 2)
  }

  @Test(arguments: [
    APIError.noSuchServer("R", in: "S", among: ["Q"]), APIError(status: 409, code: .existsAlready, message: "there"),
    .configurationErrors([ConfigurationProblem(file: "a.xml", line: 1, message: "wrong")]),
    .failed("the kernel said no", details: ["ESRCH"]),
  ])
  func refusalsOfTheServiceArriveWhole(refusal: APIError) async throws {
    try await APIFixture.serve(FakeControlService(refusing: refusal)) { path in
      _ = await #expect(throws: ControlError.refused(refusal)) { try await ControlClient(socketPath: path).overview() }
    }
  }

  @Test(arguments: [
    ("GET /v1/nothing", "HTTP/1.1 404 Not Found"), ("GET /v1/services/x", "HTTP/1.1 404 Not Found"),
    ("GET /v1/services/%zz", "HTTP/1.1 400 Bad Request"), ("DELETE /v1/overview", "HTTP/1.1 405 Method Not Allowed"),
    ("PUT /v1/services/S/servers/R/state", "HTTP/1.1 400 Bad Request"),
    ("PUT /v1/services/S/servers/R/state?dryrun=true", "HTTP/1.1 400 Bad Request"),
    ("GET /metrics", "HTTP/1.1 200 OK"),
  ])
  func statusLines(line: String, expected: String) async throws {
    #expect(try await status(request(line)) == expected)
  }

  @Test func aWrongMethodIsToldTheRightOne() async throws {
    try await APIFixture.serve { path in
      let answer = try await APIFixture.exchange(request("GET /v1/config/reload"), on: path)
      #expect(answer.lowercased().contains("\r\nallow: post\r\n"))
      #expect(answer.contains("\r\n\r\n{\"error\":{\"code\":\"method-not-allowed\",\"details\":[],\"message\":"))
    }
  }

  @Test(arguments: ["{", "[]", "{}", #"{"state":"off"}"#, #"{"state":1}"#, "\0"]) func malformedBodies(body: String)
    async throws
  {
    #expect(
      try await status(request("PUT /v1/services/S/servers/R/state", body: body)) == "HTTP/1.1 400 Bad Request")
  }

  @Test func bodiesHaveALimit() async throws {
    var limits = APIServer.Limits()
    limits.bodyBytes = 100
    let body = String(repeating: " ", count: 101)
    let line = "PUT /v1/services/S/servers/R/state"
    #expect(try await status(request(line, body: body), limits: limits).hasPrefix("HTTP/1.1 413 "))
  }

  @Test func headersHaveALimit() async throws {
    let long = "X: " + String(repeating: "x", count: APIServer.Limits().headerBytes + 1)
    #expect(try await status(request("GET /v1/overview", headers: [long])) == "HTTP/1.1 400 Bad Request")
  }

  @Test(arguments: ["\0\u{1}\u{2}\r\n\r\n", "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"])
  func whatIsNoHTTPIsRefused(text: String) async throws {
    #expect(try await status(text) == "HTTP/1.1 400 Bad Request")
  }

  @Test func aConnectionMayBeUsedAgain() async throws {
    try await APIFixture.serve { path in
      let first = "GET /v1/services HTTP/1.1\r\nHost: lbd\r\n\r\n"
      let answer = try await APIFixture.exchange(first + request("GET /metrics"), on: path)
      #expect(answer.contains(#"{"services":[]}"#))
      #expect(answer.hasSuffix("lbd_up 1\n"))
    }
  }

  /// The exchanges end because the server closes; nothing else would.
  @Test(arguments: [
    "", "GET /v1/over", "PUT /v1/services/S/servers/R/state HTTP/1.1\r\nHost: lbd\r\nContent-Length: 9\r\n\r\n{",
  ])
  func thoseWhoStallAreClosed(text: String) async throws {
    var limits = APIServer.Limits()
    limits.idleTime = .milliseconds(50)
    limits.receivingTime = .milliseconds(50)
    try await APIFixture.serve(limits: limits) { path in
      let answer = try await APIFixture.exchange(text, on: path)
      #expect(!answer.contains("200 OK"))
    }
  }

  @Test func moreConnectionsThanAllowedWait() async throws {
    var limits = APIServer.Limits()
    limits.connections = 2
    try await APIFixture.serve(limits: limits) { path in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<50 { group.addTask { _ = try await ControlClient(socketPath: path).overview() } }
        try await group.waitForAll()
      }
    }
  }

  @Test func connectionsOfAUserAreCounted() {
    let count = ConnectionCount()
    #expect(count.add(1000, max: 2))
    #expect(count.add(1000, max: 2))
    #expect(!count.add(1000, max: 2))
    #expect(count.add(1001, max: 2))
    count.remove(1000)
    #expect(count.add(1000, max: 2))
  }

  @Test func everybodyMayConnectAndNothingIsLeft() async throws {
    let path = try await APIFixture.serve { path in
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode.map { $0 & 0o777 } == 0o666)
      return path
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
