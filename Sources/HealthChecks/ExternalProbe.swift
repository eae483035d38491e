import CheckPrograms
import Glibc
import LinuxSystem
import LoadBalancing

/// The check `external`: a program of the operator's, run by the helper `lbd-checks`; exit status 0 is up.
struct ExternalProbe: Sendable {
  /// Where programs without a path are.
  static let directory = "/etc/lbd/checks"
  private static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  /// The helper's time beside the program's: to begin, and to end what does not end by itself.
  private static let margin = Duration.seconds(2)
  private static let pause = Duration.milliseconds(50)

  let loop: EpollLoop
  let helper: ProgramHelper

  func probe(_ check: ExternalCheck, timeout: Duration) async -> ProbeOutcome {
    let program = check.command.contains("/") ? check.command : Self.directory + "/" + check.command
    var environment = check.environment
    environment["PATH"] = Self.searchPath
    environment["LBD_TIMEOUT"] = String(timeout / .seconds(1))
    let request = ProgramRequest(
      program: program, arguments: check.arguments, environment: environment, timeout: timeout)
    guard let bytes = request.bytes else { return .inconclusive("not checked: the service has too many ports to tell") }
    let deadline = ContinuousClock.now + timeout + Self.margin
    do throws(WaitError) {
      let connection = try await connect(deadline: deadline)
      try await loop.send(bytes, to: connection, deadline: deadline)
      guard
        let message = try await loop.receiveMessage(
          bytesMax: ProgramReply.bytesMax, from: connection, deadline: deadline),
        let reply = ProgramReply(message)
      else { return .inconclusive("not checked: the helper lbd-checks ended") }
      return Self.outcome(reply)
    } catch {
      return .inconclusive("not checked: \(words(error))")
    }
  }

  /// Waits while the helper starts, and while too many wait for it.
  private func connect(deadline: ContinuousClock.Instant) async throws(WaitError) -> OwnedDescriptor {
    while true {
      do throws(SystemError) {
        return try UnixSocket.connect(to: helper.socketPath)
      } catch {
        let isAbsent = error.errno == ENOENT || error.errno == ECONNREFUSED
        guard error.errno == EAGAIN || isAbsent && helper.start != nil, ContinuousClock.now < deadline else {
          throw .failed(error)
        }
        if isAbsent { helper.start?() }
      }
      do {
        try await Task.sleep(for: Self.pause)
      } catch {
        throw .cancelled
      }
    }
  }

  private func words(_ error: WaitError) -> String {
    switch error {
    case .deadlinePassed: "the helper lbd-checks has not answered in time: too many programs run already"
    case .cancelled: "cancelled"
    case .failed(let cause):
      "the helper lbd-checks cannot be asked (\(cause)): start it, with a socket that lbd may use"
    }
  }

  private static func outcome(_ reply: ProgramReply) -> ProbeOutcome {
    switch reply.outcome {
    case .passed: ProbeOutcome(.passed, reply.message)
    case .failed: ProbeOutcome(.failed, reply.message)
    case .notRun: .inconclusive("not checked: \(reply.message)")
    }
  }
}

/// The process that runs programs for checks, as those who need it see it.
public struct ProgramHelper: Sendable {
  public let socketPath: String
  /// Asks for it to be started; nil where that is somebody else's to do.
  public let start: (@Sendable () -> Void)?

  public init(socketPath: String, start: (@Sendable () -> Void)? = nil) {
    self.socketPath = socketPath
    self.start = start
  }
}
