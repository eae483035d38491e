import LinuxSystem
import LoadBalancing

/// Holds a dialogue with one port of a server, all within one timeout.
struct ConversationProbe {
  private let loop: EpollLoop
  private let contexts: TLSContexts
  private let conversation: Conversation
  private let usesDatagrams: Bool
  private let initialTLS: TLSSettings?
  /// nil without a port.
  private let address: SocketAddress?
  private let path: SocketPath
  private let port: UInt16
  private let timeout: Duration

  /// - Parameters:
  ///   - server: what the conversation is told about its peer.
  ///   - destination: where its packets go.
  init(
    _ check: ApplicationCheck, of server: IPAddress, at destination: CheckDestination, port: UInt16, timeout: Duration,
    loop: EpollLoop, contexts: TLSContexts
  ) {
    self.loop = loop
    self.contexts = contexts
    self.port = port
    self.timeout = timeout
    conversation = Conversation(check.dialogue(with: server, port: port))
    usesDatagrams = check.usesDatagrams
    initialTLS = check.initialTLS
    address = destination.socketAddress(port: port)
    path = destination.path
  }

  func run() async -> ProbeOutcome {
    guard let address else { return ProbeOutcome(.failed, "no port to check: give the check the attribute port") }
    let start = ContinuousClock.now
    let deadline = start + timeout
    let end =
      usesDatagrams ? await overUDP(address, deadline: deadline) : await overTCP(address, deadline: deadline)
    switch end {
    case .passed(let message, let warning):
      let duration = (ContinuousClock.now - start).text
      return ProbeOutcome(.passed, "port \(port): \(message) in \(duration)\(warning.map { "; \($0)" } ?? "")")
    case .failed(let message): return ProbeOutcome(.failed, "port \(port): \(message)")
    case .broken(let error, let awaited):
      return .failure(error, port: port, timeout: timeout, awaited: awaited).afterConnecting
    case .unreached(let error, let awaited):
      return .failure(error, port: port, timeout: timeout, awaited: awaited)
    case .unready(let message): return ProbeOutcome(.inconclusive, "not checked: port \(port): \(message)")
    }
  }

  /// Over a connection.
  private func overTCP(_ address: SocketAddress, deadline: ContinuousClock.Instant) async -> ConversationEnd {
    var conversation = conversation
    do throws(WaitError) {
      let socket = try await TCPSocket.connect(to: address, options: .init(path: path), on: loop, deadline: deadline)
      if let initialTLS {
        return await encrypt(conversation, wasOpened: false, initialTLS, over: socket, deadline: deadline)
      }
      if let end = await converse(&conversation, over: socket, deadline: deadline) { return end }
      return await encrypt(conversation, wasOpened: true, TLSSettings(), over: socket, deadline: deadline)
    } catch {
      return .unreached(error, awaited: "answer")
    }
  }

  /// nil where everything from here on is encrypted.
  private func converse(
    _ conversation: inout Conversation, over socket: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async -> ConversationEnd? {
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
          return .passed(message)
        case .failed(let message): return .failed(message)
        case .startTLS: return nil
        }
      }
    } catch {
      return .broken(error, awaited: conversation.dialogue.awaited)
    }
  }

  private func encrypt(
    _ conversation: Conversation, wasOpened: Bool, _ settings: TLSSettings, over socket: consuming OwnedDescriptor,
    deadline: ContinuousClock.Instant
  ) async -> ConversationEnd {
    switch await contexts.context(for: settings) {
    case .failure(let fault): return .unready(fault.reason)
    case .success(let context):
      let encrypted = TLSConversation(
        conversation: conversation, wasOpened: wasOpened, settings: settings, context: context)
      return await encrypted.run(over: socket, deadline: deadline)
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
  private func overUDP(_ address: SocketAddress, deadline: ContinuousClock.Instant) async -> ConversationEnd {
    var conversation = conversation
    let silenceEnds = conversation.dialogue.patience.map { min(.now + $0, deadline) }
    do throws(WaitError) {
      let socket = try WaitError.failing { () throws(SystemError) in try DatagramSocket.udp(to: address, by: path) }
      var step = conversation.open()
      while true {
        switch step {
        case .needMore:
          let bytes = try await loop.receive(upTo: 65_535, from: socket, deadline: silenceEnds ?? deadline)
          step = conversation.receivedDatagram(bytes)
        case .send(let bytes):
          try await loop.send(bytes, to: socket, deadline: deadline)
          step = .needMore
        case .passed(let message, _): return .passed(message)
        case .failed(let message): return .failed(message)
        case .startTLS: return .failed("datagrams cannot be encrypted")
        }
      }
    } catch {
      if error == .deadlinePassed, silenceEnds != nil,
        case .passed(let message, _) = conversation.dialogue.stayedSilent()
      {
        return .passed(message)
      }
      return .unreached(error, awaited: conversation.dialogue.awaited)
    }
  }
}
