import CLinux
import Glibc

/// A server on many ports: greets each connection with `NAME client-address client-port server-port`, then sends every
/// line back with its name in front; over UDP the answer to a datagram is greeting and datagram.
final class Server {
  private let name: String
  private let transport: Transport
  private let loop: EventLoop
  private var roles: [Role?] = []

  private enum Role {
    case listener(port: UInt16)
    case connection(LineReader)
  }

  init(_ arguments: Arguments) throws(PeerError) {
    name = try arguments.text("name")
    transport = Transport(arguments)
    loop = try EventLoop()
    for address in try arguments.addresses("bind") {
      for port in try arguments.ports("ports") {
        let socket = try openSocket(address.family, transport, boundTo: Endpoint(address, port))
        if transport != .udp, listen(socket, 4096) != 0 {
          throw PeerError("listen on port \(port): \(errorText(errno))")
        }
        try assign(.listener(port: port), to: socket)
      }
    }
  }

  private func assign(_ role: Role, to socket: Int32) throws(PeerError) {
    while roles.count <= Int(socket) { roles.append(nil) }
    roles[Int(socket)] = role
    try loop.watch(socket)
  }

  /// Serves until the process is ended.
  func run() throws(PeerError) {
    JSONLine("ready").print()
    while true {
      try loop.wait(milliseconds: -1) { (event) throws(PeerError) in
        switch roles[Int(event.descriptor)] {
        case .listener(let port):
          if transport == .udp { answer(event.descriptor, port) } else { try accept(event.descriptor, port) }
        case .connection(let reader): echo(event.descriptor, reader)
        case nil: break
        }
      }
    }
  }

  private func greeting(_ client: Endpoint, _ port: UInt16) -> String {
    "\(name) \(client.address) \(client.port) \(port)"
  }

  private func accept(_ listener: Int32, _ port: UInt16) throws(PeerError) {
    while let (socket, client) = acceptConnection(listener) {
      try assign(.connection(LineReader()), to: socket)
      write(greeting(client, port) + "\n", to: socket)
    }
  }

  private func echo(_ socket: Int32, _ reader: LineReader) {
    let isOpen = reader.read(from: socket) { line in write("\(name) \(line)\n", to: socket) }
    if !isOpen {
      roles[Int(socket)] = nil
      close(socket)
    }
  }

  private func answer(_ socket: Int32, _ port: UInt16) {
    while let (bytes, client) = receiveDatagram(socket) {
      sendDatagram(Array((greeting(client, port) + " ").utf8) + bytes, from: socket, to: client)
    }
  }
}
