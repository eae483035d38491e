import CLinux
import Glibc

/// One client's connection: waits for the server's greeting, then sends lines and waits for each to come back.
final class Conversation {
  enum Ending: String {
    case refused, reset, timeout, unreachable, closed

    init(errno number: Int32) {
      switch number {
      case ECONNREFUSED: self = .refused
      case ECONNRESET, EPIPE: self = .reset
      case ETIMEDOUT: self = .timeout
      default: self = .unreachable
      }
    }
  }

  enum Outcome {
    case nothing
    /// The greeting, or a line that came back.
    case roundTrip(greeting: String?)
    case ended(Ending)
  }

  /// What the owner knows it by.
  let slot: Int
  let remote: Endpoint
  let descriptor: Int32
  let openedAt: UInt64
  /// When the newest request left.
  private(set) var sentAt: UInt64
  /// When the newest request that was answered left.
  private(set) var answeredSentAt: UInt64 = 0
  private(set) var isWaiting = true
  private(set) var server: String?
  /// As long as a header of TCP, with no SYN where that would have its flags: a rule must look at the protocol too.
  private static let datagram = "hello, world"
  private let transport: Transport
  private var isConnecting: Bool
  private let reader = LineReader()
  /// The kernel tells of a reset once: to the write that meets it, if there is one.
  private var writeError: Int32 = 0

  init(slot: Int, from local: Address, to remote: Endpoint, over transport: Transport, loop: EventLoop)
    throws(PeerError)
  {
    self.slot = slot
    self.remote = remote
    self.transport = transport
    isConnecting = transport != .udp
    descriptor = try openSocket(remote.address.family, transport, boundTo: Endpoint(local, 0))
    openedAt = now()
    sentAt = openedAt
    let problem = startConnecting(descriptor, to: remote)
    if problem == 0 {
      try loop.watch(descriptor, writable: transport != .udp)
      if transport == .udp { write(Self.datagram, to: descriptor) }
    } else {
      close(descriptor)
      throw PeerError("connect to \(remote.address) port \(remote.port): \(errorText(problem))")
    }
  }

  /// Sends a line, whose return is the next round trip.
  func sendLine() {
    sentAt = now()
    isWaiting = true
    writeError = write(transport == .udp ? Self.datagram : "hello\n", to: descriptor)
  }

  func end() { close(descriptor) }

  /// What an event of the socket means.
  func receive(_ event: EventLoop.Event, _ loop: EventLoop) throws(PeerError) -> Outcome {
    if isConnecting, event.isWritable {
      let problem = pendingError(of: descriptor)
      if problem != 0 { return .ended(Ending(errno: problem)) }
      isConnecting = false
      try loop.stopWatchingWritable(descriptor)
    }
    guard event.isReadable, !isConnecting else { return .nothing }
    var outcome = Outcome.nothing
    if transport == .udp {
      guard let (bytes, _) = receiveDatagram(descriptor) else { return .ended(Ending(errno: errno)) }
      outcome = take(String(decoding: bytes, as: UTF8.self))
    } else {
      let isOpen = reader.read(from: descriptor) { outcome = take($0) }
      let problem = errno == 0 ? writeError : errno
      if !isOpen { return .ended(problem == 0 ? .closed : Ending(errno: problem)) }
    }
    return outcome
  }

  private func take(_ line: String) -> Outcome {
    isWaiting = false
    answeredSentAt = sentAt
    guard server == nil else { return .roundTrip(greeting: nil) }
    server = line.split(separator: " ").first.map(String.init)
    return .roundTrip(greeting: line)
  }
}
