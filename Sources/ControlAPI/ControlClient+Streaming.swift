import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

extension ControlClient {
  private typealias Parts = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  /// All connections that fit, each line of the daemon's JSON as it comes: the answer may be larger than memory.
  ///
  /// The time limit holds for each piece of the answer.
  public func streamConnections(
    _ filter: ConnectionFilter, line: (String) -> Void
  ) async throws(ControlError) {
    let request = HTTPExchange.Request(.connections(filter, all: true), body: nil)
    do {
      let channel = try await open()
      try await channel.executeThenClose { answer, questions in
        try await questions.write(.head(request.head))
        try await questions.write(.end(nil))
        try await hand(answer, on: line)
      }
    } catch let error as ControlError {
      throw error
    } catch {
      throw meaning(of: error)
    }
  }

  private func open() async throws -> Parts {
    let limit = TimeAmount(timeLimit)
    return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(limit)
      .connect(unixDomainSocketPath: socketPath) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(IdleStateHandler(allTimeout: limit))
          try pipeline.addHandler(IdleMeansFailure())
          try pipeline.addHTTPClientHandlers()
          return try Parts(wrappingChannelSynchronously: channel)
        }
      }
  }

  private func hand(
    _ answer: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, on line: (String) -> Void
  ) async throws {
    var status = 0
    var begun = ByteBuffer()
    for try await part in answer {
      switch part {
      case .head(let head): status = Int(head.status.code)
      case .body(var piece):
        begun.writeBuffer(&piece)
        while status == 200, let end = begun.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
          line(begun.readString(length: end - begun.readerIndex) ?? "")
          begun.moveReaderIndex(forwardBy: 1)
        }
        begun.discardReadBytes()
        guard begun.readableBytes <= answerBytesMax else { throw HTTPExchange.Failure.tooLarge }
      case .end:
        guard (200..<300).contains(status) else {
          throw ControlError.refused(refusal(in: .init(status: status, body: Data(begun.readableBytesView))))
        }
        if begun.readableBytes > 0 { line(String(buffer: begun)) }
        return
      }
    }
    throw HTTPExchange.Failure.cutOff
  }
}

/// Ends a connection on which nothing happens.
private final class IdleMeansFailure: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
    context.fireErrorCaught(HTTPExchange.Failure.timedOut)
    context.close(promise: nil)
  }
}
