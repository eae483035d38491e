import LinuxSystem
import LoadBalancing

/// The check `connect`: every port accepts a TCP connection (RFC 9293 section 3.5), which is then reset, or an SCTP
/// association (RFC 9260 section 5.1), which is then aborted.
///
/// One port after the other, all within one timeout. The reset leaves neither side with a connection in TIME_WAIT.
struct ConnectProbe: Sendable {
  let loop: EpollLoop

  func probe(
    _ destination: CheckDestination, ports: [UInt16], over transport: CheckTarget.StreamProtocol = .tcp,
    timeout: Duration
  ) async -> ProbeOutcome {
    guard !ports.isEmpty else { return ProbeOutcome(.failed, "no port to check: give the check the attribute port") }
    let start = ContinuousClock.now
    for port in ports {
      do {
        try await connect(to: destination, port: port, over: transport, deadline: start + timeout)
      } catch {
        return .failure(error, port: port, timeout: timeout, awaited: "answer")
      }
    }
    return ProbeOutcome(.passed, "connected to \(Self.list(ports)) in \((ContinuousClock.now - start).text)")
  }

  private func connect(
    to destination: CheckDestination, port: UInt16, over transport: CheckTarget.StreamProtocol,
    deadline: ContinuousClock.Instant
  ) async throws(WaitError) {
    guard let address = destination.socketAddress(port: port) else { return }
    let options = TCPSocket.Options(path: destination.path, resetsOnClose: true, usesSCTP: transport == .sctp)
    _ = try await TCPSocket.connect(to: address, options: options, on: loop, deadline: deadline)
  }

  /// `port 104`, `ports 104, 1099 and 2099`, `20 ports`.
  private static func list(_ ports: [UInt16]) -> String {
    guard let last = ports.last, ports.count > 1 else { return "port \(ports.first ?? 0)" }
    guard ports.count <= 8 else { return "\(ports.count) ports" }
    return "ports \(ports.dropLast().map(String.init).joined(separator: ", ")) and \(last)"
  }
}
