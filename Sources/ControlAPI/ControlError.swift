/// Why a request to the daemon brought no answer of use.
public enum ControlError: Error, Hashable, Sendable {
  /// Nobody listens on the socket.
  case notRunning(socket: String, reason: String)
  /// The socket may not be opened.
  case notPermitted(socket: String, reason: String)
  /// The socket cannot be used for another reason.
  case unreachable(socket: String, reason: String)
  case timedOut(socket: String, limit: Duration)
  /// The connection ended before the answer did.
  case cutOff(socket: String)
  /// Something answered, and not as lbd does.
  case malformedAnswer(socket: String, reason: String)
  case answerTooLarge(socket: String, bytesMax: Int)
  /// The daemon refused.
  case refused(APIError)
}

extension ControlError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notRunning(let socket, let reason):
      "lbd is not running: \(socket): \(reason); start it with 'systemctl start lbd'"
    case .notPermitted(let socket, let reason):
      "\(socket) may not be opened: \(reason); try again as root, or as a member of group lbd-admin"
    case .unreachable(let socket, let reason): "\(socket): \(reason)"
    case .timedOut(let socket, let limit):
      "lbd did not answer on \(socket) within \(limit.formattedSeconds); look at 'journalctl -u lbd'"
    case .cutOff(let socket): "lbd closed the connection on \(socket) before its answer ended; try again"
    case .malformedAnswer(let socket, let reason):
      "what answers on \(socket) does not speak like lbd (\(reason)); are lbctl and lbd of one version?"
    case .answerTooLarge(let socket, let bytesMax): "the answer on \(socket) is larger than \(bytesMax) bytes"
    case .refused(let error): error.message
    }
  }
}

extension Duration {
  /// `3 s` or `0.25 s`
  fileprivate var formattedSeconds: String {
    let (seconds, attoseconds) = components
    guard attoseconds > 0 else { return "\(seconds) s" }
    return "\(Double(seconds) + Double(attoseconds) / 1e18) s"
  }
}
