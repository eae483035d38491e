import Glibc

/// Datagrams from one socket, each answered before the next leaves; tells how many each server answered.
///
/// Exit code: 0 every one was answered, 3 at least one was not.
struct Datagrams {
  private let source: Address
  private let remote: Endpoint
  private let count: Int
  private let timeout: UInt64

  init(_ arguments: Arguments) throws(PeerError) {
    source = try Address(arguments.text("from"))
    guard let port = try arguments.ports("ports").first else { throw PeerError("--ports has no port") }
    remote = Endpoint(try Address(arguments.text("to")), port)
    count = try arguments.integer("count", default: 1)
    timeout = try arguments.seconds("timeout", default: 10)
  }

  func run() throws(PeerError) -> Int32 {
    let socket = try openSocket(source.family, .udp, boundTo: Endpoint(source, 0))
    let problem = startConnecting(socket, to: remote)
    guard problem == 0 else { throw PeerError("connect: \(errorText(problem))") }
    let loop = try EventLoop()
    try loop.watch(socket)
    var servers: [String: Int] = [:]
    for _ in 0..<count {
      write("hello", to: socket)
      guard let server = try answer(on: socket, loop) else { continue }
      servers[server, default: 0] += 1
    }
    var line = JSONLine("datagrams")
    line.add("servers", servers)
    line.print()
    return servers.values.reduce(0, +) == count ? 0 : 3
  }

  private func answer(on socket: Int32, _ loop: EventLoop) throws(PeerError) -> String? {
    let deadline = now() + timeout
    while now() < deadline {
      var server: String?
      try loop.wait(milliseconds: 100) { _ in
        guard let (bytes, _) = receiveDatagram(socket) else { return }
        server = String(decoding: bytes, as: UTF8.self).split(separator: " ").first.map(String.init)
      }
      if let server { return server }
    }
    return nil
  }
}
