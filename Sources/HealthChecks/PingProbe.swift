import Glibc
import LinuxSystem
import LoadBalancing
import Synchronization

/// The check `ping`: an ICMP echo (RFC 792) or ICMPv6 echo (RFC 4443) that is answered.
struct PingProbe: Sendable {
  let loop: EpollLoop

  /// Numbers the checks of this process: each has a pair of identifier and sequence to itself for long.
  private static let lastNumber = Atomic(UInt32.random(in: 0 ... .max))

  func probe(_ server: IPAddress, timeout: Duration) async -> ProbeOutcome {
    let address = SocketAddress(server, port: 0)
    let number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    let echo = EchoMessage(
      isIPv6: server.family == .inet6, identifier: UInt16(truncatingIfNeeded: number >> 16),
      sequence: UInt16(truncatingIfNeeded: number), data: WireBytes.bigEndian(UInt128.random(in: 0 ... .max)))
    let start = ContinuousClock.now
    do throws(WaitError) {
      let socket = try WaitError.failing { () throws(SystemError) in try DatagramSocket.echo(to: address) }
      try await loop.send(echo.request, to: socket.descriptor, deadline: start + timeout)
      while true {
        let packet = try await loop.receive(upTo: 512, from: socket.descriptor, deadline: start + timeout)
        if echo.isAnswered(by: packet, isRaw: socket.isRaw) { break }
      }
      return ProbeOutcome(.passed, "echo answered in \((ContinuousClock.now - start).text)")
    } catch {
      if case .failed(let error) = error, error.isDenied {
        return ProbeOutcome(
          .inconclusive, "not checked: lbd may not send echoes (\(error.name)): it needs the capability CAP_NET_RAW")
      }
      return .failure(error, place: "", timeout: timeout, awaited: "answer to the echo")
    }
  }
}
