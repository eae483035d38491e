public import ControlAPI
import HummingbirdCore
import LinuxSystem
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Offers a ``ControlService`` on the control socket until a graceful shutdown.
public struct APIServer: Service {
  /// Bounds on what peers may ask for; beyond them connections wait or are closed.
  public struct Limits: Hashable, Sendable {
    public var connections = 256
    /// For users other than root.
    public var connectionsPerUser = 64
    public var headerBytes = 16 << 10
    public var bodyBytes = 1 << 20
    /// Between requests, and before the first has its header.
    public var idleTime: Duration = .seconds(30)
    /// For a request's body.
    public var receivingTime: Duration = .seconds(30)
    /// From the request's end to the first piece of the answer being taken, and from piece to piece.
    public var answeringTime: Duration = .seconds(120)

    public init() {}
  }

  private let socket: APIServerSocket
  private let limits: Limits
  private let responder: APIServerResponder
  private let logger: Logger
  private let onListening: @Sendable () async -> Void

  /// `onListening` runs each time the socket has become ready for connections.
  public init(
    socket: APIServerSocket, service: any ControlService, limits: Limits = Limits(), logger: Logger,
    onListening: @escaping @Sendable () async -> Void = {}
  ) {
    self.init(
      socket: socket, service: service, access: PeerAccess.ofSystem, limits: limits, logger: logger,
      onListening: onListening)
  }

  init(
    socket: APIServerSocket, service: any ControlService,
    access: @escaping @Sendable (PeerCredentials) async -> Access?, limits: Limits = Limits(), logger: Logger,
    onListening: @escaping @Sendable () async -> Void = {}
  ) {
    self.socket = socket
    self.limits = limits
    self.logger = logger
    self.onListening = onListening
    responder = APIServerResponder(
      service: service, access: access, bodyBytesMax: limits.bodyBytes, logger: logger)
  }

  /// Throws ``APIServerError`` when the socket cannot be made at the start.
  ///
  /// A failure later, as when descriptors run out, makes the socket anew.
  public func run() async throws {
    defer { socket.remove() }
    try await serve()
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      logger.error("The control socket is lost and is made anew", metadata: ["socket": "\(socket.path)"])
      await cancelWhenGracefulShutdown { try? await Task.sleep(for: .seconds(1)) }
      do {
        try await serve()
      } catch {
        logger.error("The control socket cannot be made", metadata: ["error": "\(error)"])
      }
    }
  }

  private func serve() async throws(APIServerError) {
    let connection = APIServerConnection(responder: responder, limits: limits)
    // Whoever runs the server says itself that it listens.
    var serverLogger = logger
    if logger.logLevel == .info { serverLogger.logLevel = .notice }
    let server = connection.server(
      configuration: ServerConfiguration(
        address: .unixDomainSocket(path: socket.path),
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
      onServerRunning: { [socket, logger, onListening] _ in
        do {
          try socket.open()
        } catch {
          logger.error("Only root can use lbctl now", metadata: ["error": "\(error)"])
        }
        await onListening()
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: serverLogger)
    do {
      try await server.run()
    } catch {
      throw .notBound(socket: socket.path, reason: "\(error)")
    }
  }
}
