import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request does not arrive whole, or whose answer is not taken piece by piece, within a time.
///
/// The idle timeout of the server covers the time between requests; this covers the requests themselves.
final class APIServerTimeLimit: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let receiving: TimeAmount
  private let answering: TimeAmount
  private var alarm: Scheduled<Void>?
  private var requestEnded = true
  /// Written to the socket, not only handed over.
  private var answerEnded = true

  init(receiving: TimeAmount, answering: TimeAmount) {
    self.receiving = receiving
    self.answering = answering
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      (requestEnded, answerEnded) = (false, false)
      schedule(receiving, context)
    case .body: break
    case .end:
      requestEnded = true
      answerEnded ? alarm?.cancel() : schedule(answering, context)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
    let written = promise ?? context.eventLoop.makePromise()
    written.futureResult.assumeIsolated().whenSuccess {
      guard !isEnd else {
        self.answerEnded = true
        if self.requestEnded { self.alarm?.cancel() }
        return
      }
      // A long answer goes on as long as its pieces are taken.
      if self.requestEnded { self.schedule(self.answering, context) }
    }
    context.write(data, promise: written)
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm?.cancel()
    context.fireChannelInactive()
  }

  private func schedule(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    alarm?.cancel()
    let channel = context.channel
    alarm = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
  }
}
