import LinuxSystem
import LoadBalancing
import NIOCore
import NIOPosix
import NIOSSL

/// Holds a conversation over TLS, or goes on with one after STARTTLS, on one of NIO's event loops.
struct TLSConversation: Sendable {
  let conversation: Conversation
  /// Whether the dialogue has begun before the handshake.
  let wasOpened: Bool
  let settings: TLSSettings
  let context: NIOSSLContext

  /// Takes over a connected socket and closes it at the end.
  func run(over socket: consuming OwnedDescriptor, deadline: ContinuousClock.Instant) async -> ConversationEnd {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let end = loop.makePromise(of: ConversationEnd.self)
    let left = TimeAmount.nanoseconds(Int64((deadline - .now) / .nanoseconds(1)))
    let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        let tls = try NIOSSLClientHandler(context: context, serverHostname: settings.serverName)
        let handler = ConversationHandler(self, tls: tls, deadline: .now() + left, end: end)
        try channel.pipeline.syncOperations.addHandlers([tls, handler])
      }
    }
    do {
      let channel = try await bootstrap.withConnectedSocket(socket.take()).get()
      return try await withTaskCancellationHandler {
        try await end.futureResult.get()
      } onCancel: {
        channel.pipeline.fireUserInboundEventTriggered(ConversationHandler.Cancellation())
      }
    } catch {
      let failure = Self.failure(error)
      end.succeed(failure)
      return failure
    }
  }

  /// What an error that is none of TLS says.
  private static func failure(_ error: any Error) -> ConversationEnd {
    guard let error = error as? IOError else { return .unready("no connection for TLS: \(error)") }
    return .broken(.failed(SystemError("take over the connection", errno: error.errnoCode)), awaited: "TLS handshake")
  }
}
