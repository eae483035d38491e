import ControlAPI
import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import LinuxSystem
import Logging
import NIOCore

/// Turns a request into a call of the service, and what comes of it into a response.
struct APIServerResponder: Sendable {
  let service: any ControlService
  /// What a peer may do; nil for nothing.
  let access: @Sendable (PeerCredentials) async -> Access?
  let bodyBytesMax: Int
  let logger: Logger

  func respond(to request: Request, from peer: PeerCredentials) async -> Response {
    let target = request.head.path ?? ""
    do throws(APIError) {
      let route = try Route(method: request.method.rawValue, target: target)
      try await permit(route, to: peer)
      let body = try await body(of: request)
      return try await answer(route, body: body, peer: peer)
    } catch {
      logger.debug("A request is refused", metadata: ["target": "\(target)", "reason": "\(error.message)"])
      return refusal(error, target: target)
    }
  }

  private func permit(_ route: Route, to peer: PeerCredentials) async throws(APIError) {
    let access = await access(peer)
    if let access, access >= route.access { return }
    let user = await peer.userName()
    logger.notice(
      "A request is not permitted",
      metadata: ["method": "\(route.method.rawValue)", "target": "\(route.target)", "user": "\(user)"])
    let group = route.access == .read ? "group lbd or lbd-admin" : "group lbd-admin"
    let verb = route.access == .read ? "read" : "change anything"
    throw APIError(
      status: 403, code: .notPermitted,
      message: "\(user) may not \(verb); root and members of \(group) may")
  }

  private func body(of request: Request) async throws(APIError) -> Data {
    do {
      let buffer = try await request.body.collect(upTo: bodyBytesMax)
      return Data(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      throw APIError(
        status: 413, code: .tooLarge, message: "the request's body is larger than \(bodyBytesMax) bytes")
    } catch {
      throw .malformedRequest("the request's body cannot be read: \(error)")
    }
  }

  private func answer(_ route: Route, body: Data, peer: PeerCredentials) async throws(APIError) -> Response {
    switch route {
    case .overview: try json(await service.overview())
    case .status: try json(await service.status())
    case .events(let id): try json(await service.events(after: id))
    case .connections(let filter, let all): try await connections(filter, all: all)
    case .diagnose(let label): try json(await service.diagnose(label))
    case .services: try json(await service.services())
    case .service(let label): try json(await service.service(label))
    case .state(let servers, let dryRun):
      try json(
        await service.setState(
          try stateRequest(in: body).state, of: servers, dryRun: dryRun, by: await peer.userName()))
    case .checkConfiguration: try json(await service.checkConfiguration())
    case .planConfiguration: try json(await service.planConfiguration())
    case .reloadConfiguration(let seconds):
      try json(await service.reloadConfiguration(confirmWithin: seconds, by: await peer.userName()))
    case .withdrawal(let withdrawal, let dryRun):
      try json(await service.carryOut(withdrawal, dryRun: dryRun, by: await peer.userName()))
    case .confirmConfiguration(let dryRun):
      try json(await service.confirmConfiguration(dryRun: dryRun, by: await peer.userName()))
    case .rollbackConfiguration(let back, let dryRun):
      try json(await service.rollbackConfiguration(back: back, dryRun: dryRun, by: await peer.userName()))
    case .configuration: try json(await service.configuration())
    case .configurationHistory: try json(await service.configurationHistory())
    case .floatingIPs: try json(await service.floatingIPs())
    case .edit(let target, let options):
      try json(
        await service.edit(
          target, target.takesElement ? try element(in: body) : ElementRequest(), options: options,
          by: await peer.userName()))
    // The version of the text format that Prometheus asks for.
    case .metrics: response(.ok, "text/plain; version=0.0.4; charset=utf-8", Data(try await service.metrics().utf8))
    }
  }

  private func stateRequest(in body: Data) throws(APIError) -> StateRequest {
    do {
      return try ControlJSON.decode(StateRequest.self, from: body)
    } catch {
      throw .malformedRequest("the body must be {\"state\":\"online\"}, \"drain\" or \"halt\"")
    }
  }

  private func element(in body: Data) throws(APIError) -> ElementRequest {
    do {
      return try ControlJSON.decode(ElementRequest.self, from: body)
    } catch {
      throw .malformedRequest("the body must be a JSON object of attributes: {\"weight\":50}")
    }
  }

  private func connections(_ filter: ConnectionFilter, all: Bool) async throws(APIError) -> Response {
    let answer = ConnectionAnswer(source: try await service.connections(filter))
    if all { return Response(status: .ok, headers: [.contentType: "application/json"], body: answer.body) }
    return try json(await answer.beginning())
  }

  private func json(_ value: some Encodable) throws(APIError) -> Response {
    do {
      return response(.ok, "application/json", try ControlJSON.compact(value))
    } catch {
      throw .failed("the answer cannot be written as JSON: \(error)")
    }
  }

  private func refusal(_ error: APIError, target: String) -> Response {
    let body = (try? ControlJSON.compact(ErrorBody(error))) ?? Data()
    var response = response(HTTPResponse.Status(code: error.status), "application/json", body)
    if error.code == .methodNotAllowed {
      let methods = Route.Method.allCases.map(\.rawValue)
      let allowed = methods.filter { (try? Route(method: $0, target: target)) != nil }
      response.headers[.allow] = allowed.joined(separator: ", ")
    }
    return response
  }

  private func response(_ status: HTTPResponse.Status, _ type: String, _ body: Data) -> Response {
    Response(status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
