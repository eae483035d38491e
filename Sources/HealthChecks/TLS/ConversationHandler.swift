import LinuxSystem
import NIOCore
import NIOSSL
import NIOTLS

/// Behind the TLS handler of a channel: feeds a conversation with what was decrypted and sends what it says.
final class ConversationHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// The event that ends a conversation whose check is wanted no more.
  struct Cancellation: Sendable {}

  private var conversation: Conversation
  private let wasOpened: Bool
  private let fault: TLSFault
  private let tls: NIOSSLClientHandler
  private let deadline: NIODeadline
  private let end: EventLoopPromise<ConversationEnd>
  private var timer: Scheduled<Void>?
  private var isEncrypted = false
  private var isOver = false

  init(
    _ beginning: TLSConversation, tls: NIOSSLClientHandler, deadline: NIODeadline,
    end: EventLoopPromise<ConversationEnd>
  ) {
    conversation = beginning.conversation
    wasOpened = beginning.wasOpened
    fault = TLSFault(settings: beginning.settings)
    self.tls = tls
    self.deadline = deadline
    self.end = end
  }

  private var awaited: String { isEncrypted ? conversation.dialogue.awaited : "TLS handshake" }

  func handlerAdded(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.finish(.broken(.deadlinePassed, awaited: self.awaited), context)
    }
  }

  /// A channel that never came to life ends here.
  func handlerRemoved(context: ChannelHandlerContext) { leave(context) }

  func channelInactive(context: ChannelHandlerContext) { leave(context) }

  private func leave(_ context: ChannelHandlerContext) {
    guard !isOver else { return }
    if isEncrypted {
      follow(conversation.ended(), context)
    } else {
      finish(.failed(TLSFault.closedEarly), context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted where !isOver:
      isEncrypted = true
      follow(wasOpened ? conversation.encrypted() : conversation.open(), context)
    case is Cancellation: finish(.broken(.cancelled, awaited: awaited), context)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return }
    follow(conversation.received(Array(unwrapInboundIn(data).readableBytesView)), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Of a server that leaves without TLS's goodbye the channel tells next.
    guard !isOver, error as? NIOSSLError != .uncleanShutdown else { return }
    if let error = error as? IOError {
      finish(.broken(.failed(SystemError("receive", errno: error.errnoCode)), awaited: awaited), context)
    } else {
      finish(.failed(fault.words(for: error, certificate: tls.peerCertificate, now: WallClock.now())), context)
    }
  }

  private func follow(_ first: DialogueStep, _ context: ChannelHandlerContext) {
    var step = first
    while !isOver {
      switch step {
      case .needMore: return
      case .send(let bytes):
        send(bytes, context)
        step = conversation.next()
      case .passed(let message, let farewell):
        let term = tls.peerCertificate.map(CertificateTerm.init)
        if !farewell.isEmpty { send(farewell, context) }
        finish(.passed(message, warning: term?.warning(at: WallClock.now())), context)
      case .failed(let message): finish(.failed(message), context)
      case .startTLS: finish(.failed("the connection is encrypted already"), context)
      }
    }
  }

  private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
  }

  private func finish(_ end: ConversationEnd, _ context: ChannelHandlerContext) {
    guard !isOver else { return }
    isOver = true
    timer?.cancel()
    self.end.succeed(end)
    context.close(promise: nil)
  }
}
