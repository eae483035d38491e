import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks the daemon: HTTP/1.1 on its Unix socket, a connection for each request.
public struct ControlClient: Sendable {
  public static let defaultSocketPath = "/run/lbd/control.sock"

  public let socketPath: String
  /// For a whole request, from connecting to the answer's last byte.
  public let timeLimit: Duration
  public let answerBytesMax: Int

  public init(
    socketPath: String = ControlClient.defaultSocketPath, timeLimit: Duration = .seconds(60),
    answerBytesMax: Int = 64 << 20
  ) {
    self.socketPath = socketPath
    self.timeLimit = timeLimit
    self.answerBytesMax = answerBytesMax
  }

  public func overview() async throws(ControlError) -> Overview { try await ask(.overview) }

  public func status() async throws(ControlError) -> DaemonStatus { try await ask(.status) }

  public func services() async throws(ControlError) -> ServiceList { try await ask(.services) }

  public func service(_ label: String) async throws(ControlError) -> ServiceDetail { try await ask(.service(label)) }

  public func events(after id: UInt64? = nil) async throws(ControlError) -> EventList {
    try await ask(.events(after: id))
  }

  /// The first of the connections that fit, and how many there are.
  public func connections(_ filter: ConnectionFilter = ConnectionFilter()) async throws(ControlError) -> ConnectionList
  {
    try await ask(.connections(filter, all: false))
  }

  public func diagnose(_ service: String? = nil) async throws(ControlError) -> DiagnosisReport {
    try await ask(.diagnose(service: service))
  }

  public func setState(
    _ state: ServerState, of servers: ServerSelection, dryRun: Bool = false
  ) async throws(ControlError) -> StateChange {
    try await ask(.state(servers, dryRun: dryRun), body: StateRequest(state: state))
  }

  public func checkConfiguration() async throws(ControlError) -> ConfigurationCheck {
    try await ask(.checkConfiguration)
  }

  public func planConfiguration() async throws(ControlError) -> Plan { try await ask(.planConfiguration) }

  public func reloadConfiguration(confirmWithin seconds: UInt64? = nil) async throws(ControlError) -> Plan {
    try await ask(.reloadConfiguration(confirmWithin: seconds))
  }

  public func carryOut(_ withdrawal: Withdrawal, dryRun: Bool = false) async throws(ControlError) -> Plan {
    try await ask(.withdrawal(withdrawal, dryRun: dryRun))
  }

  public func confirmConfiguration(dryRun: Bool = false) async throws(ControlError) -> Plan {
    try await ask(.confirmConfiguration(dryRun: dryRun))
  }

  public func rollbackConfiguration(back: UInt64, dryRun: Bool = false) async throws(ControlError) -> Plan {
    try await ask(.rollbackConfiguration(back: back, dryRun: dryRun))
  }

  public func configuration() async throws(ControlError) -> RunningConfiguration { try await ask(.configuration) }

  public func configurationHistory() async throws(ControlError) -> ConfigurationHistoryList {
    try await ask(.configurationHistory)
  }

  public func floatingIPs() async throws(ControlError) -> FloatingIPList { try await ask(.floatingIPs) }

  public func edit(
    _ target: EditTarget, _ element: ElementRequest = ElementRequest(), options: EditOptions = EditOptions()
  ) async throws(ControlError) -> EditOutcome {
    try await ask(.edit(target, options), body: target.takesElement ? element : nil)
  }

  private func ask<Answer: Decodable>(_ route: Route) async throws(ControlError) -> Answer {
    try await ask(route, body: StateRequest?.none)
  }

  private func ask<Answer: Decodable>(
    _ route: Route, body: (some Encodable)?
  ) async throws(ControlError) -> Answer {
    let answer = try await exchange(route, body: try encode(body))
    guard (200..<300).contains(answer.status) else { throw .refused(refusal(in: answer)) }
    do {
      return try ControlJSON.decode(Answer.self, from: answer.body)
    } catch {
      throw malformed("\(error)")
    }
  }

  private func encode(_ body: (some Encodable)?) throws(ControlError) -> Data? {
    guard let body else { return nil }
    do {
      return try ControlJSON.compact(body)
    } catch {
      throw malformed("\(error)")
    }
  }

  /// A refusal may come from the HTTP layer, without the API's body.
  func refusal(in answer: HTTPExchange.Answer) -> APIError {
    guard let body = try? ControlJSON.decode(ErrorBody.self, from: answer.body) else {
      let status = HTTPResponseStatus(statusCode: answer.status)
      return .init(status: answer.status, code: .failed, message: "lbd refused the request: \(status)")
    }
    return APIError(
      status: answer.status, code: body.error.code, message: body.error.message, details: body.error.details)
  }

  func malformed(_ reason: String) -> ControlError { .malformedAnswer(socket: socketPath, reason: reason) }
}
