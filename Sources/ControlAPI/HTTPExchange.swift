import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Sends one request on a connection and collects its answer, within a time and a size.
final class HTTPExchange: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  struct Answer: Sendable {
    var status: Int
    var body: Data
  }

  enum Failure: Error {
    case timedOut
    case cutOff
    case tooLarge
  }

  struct Request: Sendable {
    var method: String
    var target: String
    var body: Data?

    init(_ route: Route, body: Data?) {
      method = route.method.rawValue
      target = route.target
      self.body = body
    }

    var head: HTTPRequestHead {
      // A host is required by HTTP/1.1; that of a Unix socket has no name.
      var headers: HTTPHeaders = ["Host": "lbd", "Connection": "close", "Accept": "application/json"]
      if let body {
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "Content-Length", value: "\(body.count)")
      } else if method != "GET" {
        headers.add(name: "Content-Length", value: "0")
      }
      return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target, headers: headers)
    }
  }

  private let request: Request
  private let answer: EventLoopPromise<Answer>
  private let deadline: NIODeadline
  private let bytesMax: Int
  private var status: HTTPResponseStatus?
  private var body: [UInt8] = []
  private var alarm: Scheduled<Void>?

  init(request: Request, answer: EventLoopPromise<Answer>, deadline: NIODeadline, bytesMax: Int) {
    self.request = request
    self.answer = answer
    self.deadline = deadline
    self.bytesMax = bytesMax
  }

  func channelActive(context: ChannelHandlerContext) {
    let (channel, answer) = (context.channel, answer)
    alarm = context.eventLoop.scheduleTask(deadline: deadline) {
      answer.fail(Failure.timedOut)
      channel.close(promise: nil)
    }
    context.write(wrapOutboundOut(.head(request.head)), promise: nil)
    if let body = request.body {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): status = head.status
    case .body(let part):
      guard body.count + part.readableBytes <= bytesMax else { return fail(Failure.tooLarge, context) }
      body.append(contentsOf: part.readableBytesView)
    case .end:
      guard let status else { return fail(Failure.cutOff, context) }
      answer.succeed(Answer(status: Int(status.code), body: Data(body)))
      close(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(Failure.cutOff, context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error, context)
  }

  /// Only the first outcome counts.
  private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
    answer.fail(error)
    close(context)
  }

  private func close(_ context: ChannelHandlerContext) {
    alarm?.cancel()
    context.close(promise: nil)
  }
}
