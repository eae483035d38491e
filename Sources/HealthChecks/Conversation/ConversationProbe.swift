import LinuxSystem
import LoadBalancing

/// Holds a dialogue with one port of a server, all within one timeout.
struct ConversationProbe {
  private let loop: EpollLoop
  private let conversation: Conversation
  private let usesDatagrams: Bool
  /// nil without a port.
  private let address: SocketAddress?
  private let port: UInt16
  private let timeout: Duration

  init(_ check: ApplicationCheck, of server: IPAddress, port: UInt16, timeout: Duration, loop: EpollLoop) {
    self.loop = loop
    self.port = port
    self.timeout = timeout
    conversation = Conversation(check.dialogue(with: server, port: port))
    usesDatagrams = check.usesDatagrams
    address = port > 0 ? SocketAddress(server.bytes, port: port) : nil
  }

  func run() async -> ProbeOutcome {
    if usesDatagrams { return await overUDP() }
    return await overTCP()
  }

  /// Over a connection.
  private func overTCP() async -> ProbeOutcome {
    guard let address else { return Self.noPort }
    let start = ContinuousClock.now
    do throws(WaitError) {
      let socket = try await TCPSocket.connect(to: address, on: loop, deadline: start + timeout)
      return await converse(over: socket, start: start)
    } catch {
      return failure(error, awaited: "answer")
    }
  }

  private func converse(
    over socket: borrowing OwnedDescriptor, start: ContinuousClock.Instant
  ) async -> ProbeOutcome {
    let deadline = start + timeout
    var step = conversation.open()
    do throws(WaitError) {
      while true {
        switch step {
        case .needMore:
          let bytes = try await loop.receive(upTo: 16_384, from: socket, deadline: deadline)
          step = bytes.isEmpty ? conversation.ended() : conversation.received(bytes)
        case .send(let bytes):
          try await loop.send(bytes, to: socket, deadline: deadline)
          step = conversation.next()
        case .passed(let message, let farewell):
          await sayGoodbye(farewell, over: socket, deadline: deadline)
          return passed(message, since: start)
        case .failed(let message): return failed(message)
        case .startTLS: return failed("this connection cannot be encrypted")
        }
      }
    } catch {
      return failure(error, awaited: conversation.dialogue.awaited)
    }
  }

  /// What comes of it says nothing: the server was well.
  private func sayGoodbye(
    _ farewell: [UInt8], over socket: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async {
    guard !farewell.isEmpty else { return }
    do throws(WaitError) {
      try await loop.send(farewell, to: socket, deadline: deadline)
    } catch {}
  }

  /// By datagrams, each a whole reply.
  private func overUDP() async -> ProbeOutcome {
    guard let address else { return Self.noPort }
    let start = ContinuousClock.now
    let deadline = start + timeout
    let silenceEnds = conversation.dialogue.patience.map { min(start + $0, deadline) }
    do throws(WaitError) {
      let socket = try WaitError.failing { () throws(SystemError) in try DatagramSocket.udp(to: address) }
      var step = conversation.open()
      while true {
        switch step {
        case .needMore:
          let bytes = try await loop.receive(upTo: 65_535, from: socket, deadline: silenceEnds ?? deadline)
          step = conversation.receivedDatagram(bytes)
        case .send(let bytes):
          try await loop.send(bytes, to: socket, deadline: deadline)
          step = .needMore
        case .passed(let message, _): return passed(message, since: start)
        case .failed(let message): return failed(message)
        case .startTLS: return failed("datagrams cannot be encrypted")
        }
      }
    } catch {
      if error == .deadlinePassed, silenceEnds != nil,
        case .passed(let message, _) = conversation.dialogue.stayedSilent()
      {
        return passed(message, since: start)
      }
      return failure(error, awaited: conversation.dialogue.awaited)
    }
  }

  private static let noPort = ProbeOutcome(.failed, "no port to check: give the check the attribute port")

  private func failure(_ error: WaitError, awaited: String) -> ProbeOutcome {
    .failure(error, port: port, timeout: timeout, awaited: awaited)
  }

  private func passed(_ message: String, since start: ContinuousClock.Instant) -> ProbeOutcome {
    ProbeOutcome(.passed, "port \(port): \(message) in \((ContinuousClock.now - start).text)")
  }

  private func failed(_ message: String) -> ProbeOutcome { ProbeOutcome(.failed, "port \(port): \(message)") }
}
