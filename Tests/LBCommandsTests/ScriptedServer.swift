import ControlAPI
import FoundationEssentials
import NIOCore
import NIOPosix
import Synchronization

/// A server on a Unix socket that answers each connection with the next step of its script, whatever is asked.
///
/// The last step is repeated.
final class ScriptedServer: Sendable {
  enum Step: Sendable {
    /// These bytes, then the end.
    case bytes(String)
    /// The end without an answer.
    case close
    /// Nothing, and no end either.
    case silence

    static func json(_ value: some Encodable, status: String = "200 OK") -> Step {
      let body = (try? ControlJSON.compact(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return .bytes("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    static func refusal(_ error: APIError) -> Step { json(ErrorBody(error), status: "\(error.status) Refused") }
  }

  let path: String
  private let steps: [Step]
  private let seen = Mutex<[String]>([])

  /// The requests so far: first line and body.
  var requests: [String] { seen.withLock { $0 } }

  private init(path: String, steps: [Step]) {
    self.path = path
    self.steps = steps
  }

  static func with<Result>(_ steps: Step..., body: (ScriptedServer) async throws -> Result) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.path + "/lbctl-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let server = ScriptedServer(path: directory + "/control.sock", steps: steps)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Connection(server: server))
        }
      }
      .bind(unixDomainSocketPath: server.path).get()
    let result = try await body(server)
    try await channel.close()
    return result
  }

  private func next(_ request: String) -> Step {
    seen.withLock { seen in
      seen.append(request)
      return steps[min(seen.count, steps.count) - 1]
    }
  }

  private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedServer
    private var text = ""

    init(server: ScriptedServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += String(buffer: unwrapInboundIn(data))
      guard let end = text.firstRange(of: "\r\n\r\n") else { return }
      let body = text[end.upperBound...]
      let length = text.firstMatch(of: /Content-Length: ([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
      guard body.utf8.count >= length else { return }
      let line = text.prefix { $0 != "\r\n" }.dropLast(" HTTP/1.1".count)
      switch server.next(([String(line)] + (body.isEmpty ? [] : [String(body)])).joined(separator: " ")) {
      case .silence: break
      case .close: context.close(promise: nil)
      case .bytes(let bytes):
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes))).whenComplete { _ in
          channel.close(promise: nil)
        }
      }
    }
  }
}
