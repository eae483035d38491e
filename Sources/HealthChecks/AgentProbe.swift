import LinuxSystem
import LoadBalancing

/// The check `agent`: a program on the server tells in one line how much it can bear (HAProxy's `agent-check`).
///
/// An agent that is not there or says nothing that is understood changes nothing: the outcome is inconclusive.
struct AgentProbe: Sendable {
  let loop: EpollLoop

  func probe(
    _ destination: CheckDestination, send: [UInt8], port: UInt16, timeout: Duration
  ) async -> ProbeOutcome {
    guard let address = destination.socketAddress(port: port) else { return .inconclusive("no port to ask") }
    let deadline = ContinuousClock.now + timeout
    do throws(WaitError) {
      let socket = try await TCPSocket.connect(
        to: address, options: .init(path: destination.path), on: loop, deadline: deadline)
      if !send.isEmpty { try await loop.send(send, to: socket, deadline: deadline) }
      return AgentReply.outcome(try await line(from: socket, deadline: deadline), port: port)
    } catch {
      let failure = ProbeOutcome.failure(error, port: port, timeout: timeout, awaited: "answer of the agent")
      return .inconclusive("not asked: \(failure.message)")
    }
  }

  /// What comes before the line's end or the connection's, bounded.
  private func line(
    from socket: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async throws(WaitError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < AgentReply.bytesMax {
      let more = try await loop.receive(upTo: AgentReply.bytesMax - bytes.count, from: socket, deadline: deadline)
      bytes += more
      if more.isEmpty || more.contains(where: AgentReply.isLineEnd) { break }
    }
    return bytes
  }
}
