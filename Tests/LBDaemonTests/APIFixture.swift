import ControlAPI
import FoundationEssentials
import LinuxSystem
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

@testable import LBDaemon

/// A service that answers with samples, or refuses everything, and notes what was asked of it.
final class FakeControlService: ControlService {
  private let refusal: APIError?
  private let calls = Mutex<[String]>([])

  var asked: [String] { calls.withLock { $0 } }

  init(refusing refusal: APIError? = nil) { self.refusal = refusal }

  private func note(_ call: String) throws(APIError) {
    calls.withLock { $0.append(call) }
    if let refusal { throw refusal }
  }

  func overview() async throws(APIError) -> Overview {
    try note("overview")
    return Overview(services: [Self.service])
  }

  func status() async throws(APIError) -> DaemonStatus {
    try note("status")
    return DaemonStatus(
      version: "1", pid: 1, startedAt: .now, uptimeSeconds: 0,
      configuration: ConfigurationStatus(files: [], runsFrom: .files))
  }

  func services() async throws(APIError) -> ServiceList {
    try note("services")
    return ServiceList(services: [])
  }

  func service(_ label: String) async throws(APIError) -> ServiceDetail {
    try note("service \(label)")
    guard label == Self.service.label else { throw .noSuchService(label, among: [Self.service.label]) }
    return ServiceDetail(overview: Self.service, settings: ServiceSettings(healthChecks: []))
  }

  func events(after id: UInt64?) async throws(APIError) -> EventList {
    try note("events after \(id.map(String.init) ?? "none")")
    return EventList(events: [], last: 0)
  }

  func setState(
    _ state: ServerState, of servers: ServerSelection, dryRun: Bool, by user: String
  ) async throws(APIError) -> StateChange {
    try note("\(state) \(servers)\(dryRun ? " dry" : "") by \(user)")
    return StateChange(servers: [], changes: [], dryRun: dryRun)
  }

  func checkConfiguration() async throws(APIError) -> ConfigurationCheck {
    try note("check")
    return ConfigurationCheck(files: [], services: 0)
  }

  func planConfiguration() async throws(APIError) -> Plan {
    try note("plan")
    return Plan(changes: [])
  }

  func reloadConfiguration(confirmWithin seconds: UInt64?, by user: String) async throws(APIError) -> Plan {
    try note("reload\(seconds.map { " within \($0)" } ?? "") by \(user)")
    return Plan(changes: [])
  }

  func carryOut(_ withdrawal: Withdrawal, dryRun: Bool, by user: String) async throws(APIError) -> Plan {
    try note("\(withdrawal.rawValue)\(dryRun ? " dry" : "") by \(user)")
    return Plan(changes: [])
  }

  func confirmConfiguration(dryRun: Bool, by user: String) async throws(APIError) -> Plan {
    try note("confirm\(dryRun ? " dry" : "") by \(user)")
    return Plan(changes: [])
  }

  func rollbackConfiguration(back: UInt64, dryRun: Bool, by user: String) async throws(APIError) -> Plan {
    try note("rollback \(back)\(dryRun ? " dry" : "") by \(user)")
    return Plan(changes: [])
  }

  func configuration() async throws(APIError) -> RunningConfiguration {
    try note("configuration")
    return RunningConfiguration(runsFrom: .files, parts: [])
  }

  func configurationHistory() async throws(APIError) -> ConfigurationHistoryList {
    try note("history")
    return ConfigurationHistoryList(configurations: [])
  }

  func floatingIPs() async throws(APIError) -> FloatingIPList {
    try note("floating IPs")
    return FloatingIPList(floatingIPs: [])
  }

  func edit(
    _ target: EditTarget, _ element: ElementRequest, options: EditOptions, by user: String
  ) async throws(APIError) -> EditOutcome {
    let attributes = element.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    try note("\(target.method.rawValue) \(attributes.joined(separator: " ")) by \(user)")
    return EditOutcome(changes: [], dryRun: options.dryRun)
  }

  func connections(_ filter: ConnectionFilter) async throws(APIError) -> any ConnectionSource {
    try note("connections \(filter.state ?? "any")")
    return ManyConnections(count: 2500)
  }

  func diagnose(_ service: String?) async throws(APIError) -> DiagnosisReport {
    try note("diagnose \(service ?? "all")")
    return DiagnosisReport(findings: [DiagnosisFinding(code: "no-route", evidence: "e", remedies: [])])
  }

  func metrics() async throws(APIError) -> String {
    try note("metrics")
    return "lbd_up 1\n"
  }

  static let service = ServiceOverview(
    label: "RomexisVIP", address: "10.10.90.199", ports: "104", protocol: "tcp", forwarding: "dr", scheduler: "wlc",
    status: .green, servers: [])
}

/// So many connections, a thousand at a time.
actor ManyConnections: ConnectionSource {
  private var left: Int

  init(count: Int) { left = count }

  func next() async throws(APIError) -> [Connection]? {
    guard left > 0 else { return nil }
    let count = min(left, 1000)
    left -= count
    return (0..<count).map { index in
      Connection(
        service: "S", server: "R", protocol: "tcp", client: "10.0.0.1", clientPort: UInt16(index + 1),
        virtualAddress: "10.0.0.9", virtualPort: 80, destination: "10.0.0.2", destinationPort: 80,
        state: "ESTABLISHED", expiresIn: 900)
    }
  }
}

enum APIFixture {
  static var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

  /// Runs `body` with a directory that is removed after it.
  static func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.path + "/lbd-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body(directory)
  }

  /// Runs `body` with the path of a socket on which the API is served.
  static func serve<Result>(
    _ service: any ControlService = FakeControlService(), access: Access? = .change,
    limits: APIServer.Limits = APIServer.Limits(), body: (String) async throws -> Result
  ) async throws -> Result {
    try await withDirectory { directory in
      let socket = try await APIServerSocket.claim(directory + "/control.sock")
      let (listening, continuation) = AsyncStream.makeStream(of: Void.self)
      let server = APIServer(
        socket: socket, service: service, access: { _ in access }, limits: limits, logger: logger,
        onListening: { continuation.finish() })
      let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
      async let running: Void = group.run()
      for await _ in listening {}
      let result = try await body(socket.path)
      await group.triggerGracefulShutdown()
      try await running
      return result
    }
  }

  /// Until what has happened on sockets so far has been seen.
  static func letEventLoopsTurn(_ times: Int) async {
    for _ in 0..<times {
      for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try? await loop.submit {}.get() }
    }
  }

  /// Sends these bytes and returns what comes until the other end closes.
  static func exchange(_ text: String, on path: String) async throws -> String {
    let answer = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: String.self)
    let bootstrap = ClientBootstrap(group: answer.futureResult.eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(answer: answer))
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
    } catch {
      // A promise that nobody keeps ends the process.
      answer.fail(error)
      throw error
    }
    // The other end may close before it has read everything.
    try? await channel.writeAndFlush(ByteBuffer(string: text)).get()
    return try await answer.futureResult.get()
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<String>
    private var text = ""

    init(answer: EventLoopPromise<String>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { answer.succeed(text) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      answer.succeed(text)
      context.close(promise: nil)
    }
  }
}
