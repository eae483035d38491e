import LinuxSystem
import LoadBalancing
import Synchronization

/// The check `connect`: every port accepts a TCP connection (RFC 9293 section 3.5), which is then reset, or an SCTP
/// association (RFC 9260 section 5.1), which is then aborted.
///
/// One port after the other, all within one timeout. The reset leaves neither side with a connection in TIME_WAIT. It
/// needs no task: there may be thousands a second.
final class ConnectCheck: RunningCheck {
  private let loop: EpollLoop
  private let destination: CheckDestination
  private let ports: [UInt16]
  private let timeout: Duration
  private let options: TCPSocket.Options
  private let start = ContinuousClock.now
  private let then: @Sendable (ProbeOutcome?) -> Void
  private let state = Mutex(State())

  private struct State {
    /// The newest, noted before it begins, so that none takes the place of a later one.
    var wait: EpollLoop.Wait?
    var isCancelled = false
  }

  /// A connection that is waited for, all that its handler holds: to hold several things takes more memory.
  private final class Attempt: Sendable {
    let check: ConnectCheck
    let connection: ConnectionAttempt
    /// Of the port.
    let index: Int

    init(_ connection: consuming ConnectionAttempt, of check: ConnectCheck, port index: Int) {
      self.check = check
      self.connection = connection
      self.index = index
    }

    func end(_ failure: WaitError?) {
      do throws(WaitError) {
        if let failure { throw failure }
        try WaitError.failing { () throws(SystemError) in try connection.check() }
        check.connect(to: index + 1)
      } catch {
        check.end(error, port: index)
      }
    }
  }

  /// Begins the check; `then` is called once, with nil when it was cancelled.
  init(
    of destination: CheckDestination, ports: [UInt16], over transport: CheckTarget.StreamProtocol, timeout: Duration,
    loop: EpollLoop, then: @escaping @Sendable (ProbeOutcome?) -> Void
  ) {
    self.loop = loop
    self.destination = destination
    self.ports = ports
    self.timeout = timeout
    self.then = then
    options = TCPSocket.Options(path: destination.path, resetsOnClose: true, usesSCTP: transport == .sctp)
    if ports.isEmpty {
      then(ProbeOutcome(.failed, "no port to check: give the check the attribute port"))
    } else {
      connect(to: 0)
    }
  }

  func cancel() {
    let wait = state.withLock { state in
      state.isCancelled = true
      return state.wait
    }
    if let wait { loop.cancel(wait) }
  }

  /// Connects to the ports from this one on, until one must be waited for.
  private func connect(to first: Int) {
    for index in first..<ports.count {
      guard let address = destination.socketAddress(port: ports[index]) else { continue }
      do throws(SystemError) {
        let connection = try TCPSocket.begin(to: address, options: options)
        if connection.isPending { return wait(for: Attempt(connection, of: self, port: index)) }
      } catch {
        return end(.failed(error), port: index)
      }
    }
    then(ProbeOutcome(.passed, .connected(to: ports, in: ContinuousClock.now - start)))
  }

  private func wait(for attempt: Attempt) {
    let wait = loop.newWait()
    state.withLock { $0.wait = wait }
    loop.whenReady(.writable, attempt.connection.socket, deadline: start + timeout, as: wait, attempt.end)
    // A cancellation may have come before there was a wait to end.
    if state.withLock({ $0.isCancelled }) { loop.cancel(wait) }
  }

  private func end(_ failure: WaitError, port index: Int) {
    let outcome = ProbeOutcome.failure(failure, port: ports[index], timeout: timeout, awaited: "answer")
    then(failure == .cancelled ? nil : outcome)
  }
}
