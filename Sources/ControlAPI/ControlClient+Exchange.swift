import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

extension ControlClient {
  /// One request and its answer.
  func exchange(_ route: Route, body: Data?) async throws(ControlError) -> HTTPExchange.Answer {
    let deadline = NIODeadline.now() + TimeAmount(timeLimit)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answer = loop.makePromise(of: HTTPExchange.Answer.self)
    let (request, bytesMax) = (HTTPExchange.Request(route, body: body), answerBytesMax)
    let connection = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(timeLimit))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(
            HTTPExchange(request: request, answer: answer, deadline: deadline, bytesMax: bytesMax))
        }
      }
      .connect(unixDomainSocketPath: socketPath)
    connection.cascadeFailure(to: answer)
    do {
      return try await answer.futureResult.get()
    } catch {
      throw meaning(of: error)
    }
  }

  func meaning(of error: any Error) -> ControlError {
    switch error {
    case let error as IOError: meaning(ofErrno: error.errnoCode)
    case let error as HTTPExchange.Failure:
      switch error {
      case .timedOut: .timedOut(socket: socketPath, limit: timeLimit)
      case .cutOff: .cutOff(socket: socketPath)
      case .tooLarge: .answerTooLarge(socket: socketPath, bytesMax: answerBytesMax)
      }
    case ChannelError.connectTimeout: .timedOut(socket: socketPath, limit: timeLimit)
    case SocketAddressError.unixDomainSocketPathTooLong:
      .unreachable(socket: socketPath, reason: "the path is too long for a Unix socket")
    case HTTPParserError.invalidEOFState: .cutOff(socket: socketPath)
    case is HTTPParserError: malformed("no HTTP: \(error)")
    default: .unreachable(socket: socketPath, reason: "\(error)")
    }
  }

  private func meaning(ofErrno code: CInt) -> ControlError {
    switch code {
    case ENOENT: .notRunning(socket: socketPath, reason: "no such socket")
    case ECONNREFUSED: .notRunning(socket: socketPath, reason: "nobody listens")
    case EACCES, EPERM: .notPermitted(socket: socketPath, reason: "permission denied")
    // A Unix socket says so while its queue of waiting connections is full (unix(7)).
    case EAGAIN: .unreachable(socket: socketPath, reason: "lbd has too many connections waiting; try again")
    case ECONNRESET, EPIPE: .cutOff(socket: socketPath)
    case ENOTDIR, ENOTSOCK: .unreachable(socket: socketPath, reason: "this is no socket (errno \(code))")
    default: .unreachable(socket: socketPath, reason: "errno \(code)")
    }
  }
}
