import Foundation

/// What somebody sends to the control socket who wants it no good.
public enum MalformedRequest {
  private static let requests = [
    "GET /v1/overview", "GET /v1/status", "GET /v1/services/Web", "GET /v1/events?after=0", "GET /v1/connections",
    "PUT /v1/services/Web/servers/a/state", "POST /v1/services", "PATCH /v1/services/Web", "DELETE /v1/services/Web",
    "POST /v1/config/plan", "POST /v1/config/check", "GET /metrics", "POST /v1/config/rollback?back=1",
  ]

  private static let bodies = [
    "", #"{"state":"halt"}"#, #"{"attributes":{"scheduler":"rr"}}"#, #"{"attributes":{"label":"X"}}"#,
    #"[[[[[[[["#, #"{"state":{}}"#, "\0\0\0\0",
  ]

  /// A request that is nearly one.
  public static func bytes(_ random: inout SplitMix64) -> [UInt8] {
    let line = requests.randomElement(using: &random) ?? ""
    let body = bodies.randomElement(using: &random) ?? ""
    let length = Int.random(in: 0..<20, using: &random) == 0 ? Int.random(in: 0...9, using: &random) : body.utf8.count
    let head = "\(line) HTTP/1.1\r\nHost: lbd\r\nConnection: close\r\nContent-Length: \(length)\r\n\r\n"
    var bytes = Array((head + body).utf8)
    for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
      let place = bytes.indices.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }
}

/// Runs what blocks.
public func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: body()) }
  }
}

/// A connection that is closed with its owner.
public final class RawClient: Sendable {
  private let descriptor: Int32

  public init?(_ path: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    // Nobody waits for those who do not read or do not answer.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      unsafe _ = setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) }
    }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Sends as much as the socket takes.
  public func send(_ bytes: [UInt8]) {
    unsafe _ = bytes.withUnsafeBytes {
      unsafe Glibc.send(
        descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  /// Sends a request and reads what comes until the other end closes.
  public func ask(_ bytes: [UInt8]) {
    send(bytes)
    shutdown(descriptor, Int32(SHUT_WR))
    _ = isClosedByServer()
  }

  /// Reads until the other end closes.
  public func isClosedByServer() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return count == 0 || errno == ECONNRESET }
    }
  }
}
