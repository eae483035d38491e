import HummingbirdCore
import LinuxSystem
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// One connection to the API: plain HTTP/1.1, and the peer at the other end.
struct APIServerConnection: ServerChildChannel {
  /// A connection that was accepted. One that nobody takes, because the server is cancelled, closes itself: NIO ends the
  /// process for a channel that was never used.
  final class Value: ServerChildChannelValue {
    let peer: PeerCredentials
    private let http: HTTP1Channel.Value
    private let isTaken = Atomic(false)

    init(_ http: HTTP1Channel.Value, of peer: PeerCredentials) {
      self.http = http
      self.peer = peer
    }

    deinit {
      guard !isTaken.load(ordering: .relaxed) else { return }
      Task { [http] in try? await http.executeThenClose { _, _ in } }
    }

    var channel: any Channel { http.channel }

    func take() -> HTTP1Channel.Value {
      isTaken.store(true, ordering: .relaxed)
      return http
    }
  }

  enum Refusal: Error {
    /// The channel has no descriptor any more, or never had one.
    case noDescriptor
    case tooManyConnections(userID: UInt32)
  }

  let responder: APIServerResponder
  let limits: APIServer.Limits
  let connections = ConnectionCount()

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    do {
      let peer = try credentials(of: channel)
      try admit(channel, of: peer)
      return http { _, _, _ in }.setup(channel: channel, logger: logger).map { Value($0, of: peer) }
    } catch {
      // Not louder: anybody may connect, as often as they like.
      logger.debug("A connection to the control socket is refused", metadata: ["error": "\(error)"])
      channel.close(promise: nil)
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  func handle(value: Value, logger: Logger) async {
    let (responder, peer) = (responder, value.peer)
    let connection = http { request, writer, _ in
      let response = await responder.respond(to: request, from: peer)
      try await writer.write(response: response.head, body: response.body)
    }
    await connection.handle(value: value.take(), logger: logger)
  }

  private func http(_ respond: @escaping HTTPChannelHandler.Responder) -> HTTP1Channel {
    let limits = limits
    return HTTP1Channel(
      responder: respond,
      configuration: .init(
        additionalChannelHandlers: [
          APIServerTimeLimit(
            receiving: TimeAmount(limits.receivingTime), answering: TimeAmount(limits.answeringTime))
        ],
        idleTimeout: TimeAmount(limits.idleTime),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes, maxHeaderFieldCount: 100)))
  }

  private func credentials(of channel: any Channel) throws -> PeerCredentials {
    let pipeline = channel.pipeline.syncOperations
    let peer = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
      try PeerCredentials.of(socket: descriptor)
    }
    guard let peer else { throw Refusal.noDescriptor }
    return peer
  }

  /// One user must not lock out the others; root always gets in.
  private func admit(_ channel: any Channel, of peer: PeerCredentials) throws {
    guard peer.userID != 0 else { return }
    guard connections.add(peer.userID, max: limits.connectionsPerUser) else {
      throw Refusal.tooManyConnections(userID: peer.userID)
    }
    let connections = connections
    channel.closeFuture.whenComplete { _ in connections.remove(peer.userID) }
  }
}

/// How many connections each user has.
final class ConnectionCount: Sendable {
  private let counts = Mutex<[UInt32: Int]>([:])

  /// Returns false, and counts nothing, when the user has as many as allowed.
  func add(_ user: UInt32, max: Int) -> Bool {
    counts.withLock { counts in
      guard counts[user, default: 0] < max else { return false }
      counts[user, default: 0] += 1
      return true
    }
  }

  func remove(_ user: UInt32) {
    counts.withLock { counts in
      let count = counts[user, default: 0] - 1
      counts[user] = count > 0 ? count : nil
    }
  }
}
