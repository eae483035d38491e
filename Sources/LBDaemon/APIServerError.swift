public import LinuxSystem

/// Why the control API cannot be offered on a socket.
public enum APIServerError: Error, Hashable, Sendable {
  /// The directory in which the socket should be is not there.
  case directoryMissing(socket: String, directory: String)
  /// Another lbd holds the socket.
  case heldByAnother(socket: String, processID: String?)
  /// Something that holds no lock answers on the socket.
  case answered(socket: String)
  /// Something that is no socket has the path.
  case notASocket(String)
  case pathTooLong(String)
  case failed(socket: String, SystemError)
  /// The socket could not be bound, in the words of whoever tried.
  case notBound(socket: String, reason: String)
}

extension APIServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .directoryMissing(let socket, let directory):
      """
      the control socket \(socket) cannot be made: there is no directory \(directory); make it with \
      'install -d \(directory)', or name another socket with --socket PATH
      """
    case .heldByAnother(let socket, let processID):
      """
      another lbd\(processID.map { " (process \($0))" } ?? "") already serves \(socket); stop it first, with \
      'systemctl stop lbd' where systemd runs it
      """
    case .answered(let socket):
      "another program already answers on \(socket); stop it, or name another socket with --socket PATH"
    case .notASocket(let path):
      "\(path) exists and is no socket; move it away, or name another socket with --socket PATH"
    case .pathTooLong(let path):
      "the path \(path) is too long for a Unix socket (107 bytes at most); name another with --socket PATH"
    case .failed(let socket, let error):
      "the control socket \(socket) cannot be made: \(error); lbd needs write access to its directory"
    case .notBound(let socket, let reason): "the control socket \(socket) cannot be made: \(reason)"
    }
  }
}
