import NIOCore
import NIOPosix
import NIOSSL

/// A server on the loopback interface that speaks TLS and answers as a test says.
final class TLSPeer {
  let port: UInt16
  private let channel: any Channel

  static func serverContext() throws -> NIOSSLContext {
    let pair = try TestCertificates.shared.get().server
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: NIOSSLCertificate.fromPEMFile(pair.certificate).map { .certificate($0) },
        privateKey: .privateKey(NIOSSLPrivateKey(file: pair.key, format: .pem))))
  }

  init(_ way: ScriptedPeer.Way) async throws {
    let context = try Self.serverContext()
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).childChannelInitializer {
      channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandlers([NIOSSLServerHandler(context: context), TLSPeerHandler(way)])
      }
    }.bind(host: "127.0.0.1", port: 0).get()
    port = UInt16(channel.localAddress?.port ?? 0)
  }

  deinit { channel.close(promise: nil) }
}

/// One answer to each message.
final class TLSPeerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let way: ScriptedPeer.Way
  private var number = 0

  init(_ way: ScriptedPeer.Way) { self.way = way }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let request = Array(unwrapInboundIn(data).readableBytesView)
    switch way {
    case .hanging: return
    case .closing: context.close(promise: nil)
    case .answering(_, let answers):
      guard number < answers.count, let reply = answers[number](request) else { return }
      number += 1
      context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: reply)), promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
