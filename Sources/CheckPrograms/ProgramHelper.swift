import Glibc
public import LinuxSystem

/// The process that runs programs without privileges, `lbd-checks`, as those who need it see it.
public struct ProgramHelper: Sendable {
  /// Where programs without a path are.
  public static let directory = "/etc/lbd/checks"
  /// In which programs look for others.
  public static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  /// The helper's time beside the program's: to begin, and to end what does not end by itself.
  private static let margin = Duration.seconds(2)
  private static let pause = Duration.milliseconds(50)

  public let socketPath: String
  /// Asks for it to be started; nil where that is somebody else's to do.
  public let start: (@Sendable () -> Void)?

  public init(socketPath: String, start: (@Sendable () -> Void)? = nil) {
    self.socketPath = socketPath
    self.start = start
  }

  /// The path of a program that is named by a path or by its name in ``directory``.
  public static func path(of command: String) -> String {
    command.contains("/") ? command : directory + "/" + command
  }

  /// Has a program run, and returns how it ended, at its time limit at the latest.
  ///
  /// Waits while the helper starts, and while too many wait for it.
  ///
  /// - Throws: ``ProgramHelperError``; whether the program has run is not known then.
  public func run(_ request: ProgramRequest, over loop: EpollLoop) async throws(ProgramHelperError) -> ProgramReply {
    guard let bytes = request.bytes else { throw .requestTooLong }
    let deadline = ContinuousClock.now + request.timeout + Self.margin
    do throws(WaitError) {
      let connection = try await connect(deadline: deadline)
      try await loop.send(bytes, to: connection, deadline: deadline)
      guard
        let message = try await loop.receiveMessage(
          bytesMax: ProgramReply.bytesMax, from: connection, deadline: deadline),
        let reply = ProgramReply(message)
      else { throw WaitError.failed(SystemError("hear from the helper lbd-checks", errno: ECONNRESET)) }
      return reply
    } catch {
      throw .notReached(error)
    }
  }

  private func connect(deadline: ContinuousClock.Instant) async throws(WaitError) -> OwnedDescriptor {
    while true {
      do throws(SystemError) {
        return try UnixSocket.connect(to: socketPath)
      } catch {
        let isAbsent = error.errno == ENOENT || error.errno == ECONNREFUSED
        guard error.errno == EAGAIN || isAbsent && start != nil, ContinuousClock.now < deadline else {
          throw .failed(error)
        }
        if isAbsent { start?() }
      }
      do {
        try await Task.sleep(for: Self.pause)
      } catch {
        throw .cancelled
      }
    }
  }
}

/// Why nothing is known of a program that the helper was to run.
public enum ProgramHelperError: Error, CustomStringConvertible {
  case requestTooLong
  case notReached(WaitError)

  public var description: String {
    switch self {
    case .requestTooLong: "there is more to tell the program than the helper lbd-checks takes"
    case .notReached(.deadlinePassed):
      "the helper lbd-checks has not answered in time: too many programs run already"
    case .notReached(.cancelled): "cancelled"
    case .notReached(.failed(let cause)) where cause.errno == ECONNRESET: "the helper lbd-checks ended"
    case .notReached(.failed(let cause)):
      "the helper lbd-checks cannot be asked (\(cause)): start it, with a socket that lbd may use"
    }
  }
}
