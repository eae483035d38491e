import LinuxSystem
public import LoadBalancing

/// Why an edit is not made; no file has changed then.
public enum EditError: Error, Hashable, Sendable {
  case noSuchService(String, known: [String])
  case noSuchServer(ServerName, known: [String])
  /// With the number of checks that there are.
  case noSuchCheck(CheckHolder, index: Int, count: Int)
  case noSuchFloatingIP(String, known: [String])
  /// What is there already, in words, and where.
  case exists(String, SourceLocation)
  /// A duplicate that clients could not tell from its original.
  case sameEntry(of: String, as: String)
  /// The edit itself is wrong: a name that the element does not have, or a choice that is not clear.
  case wrongRequest(String)
  /// The files have mistakes, with the edit or before it.
  case configuration(ConfigurationErrors)
  /// The files change faster than they can be edited.
  case busy(path: String)
  /// A file may not be read or written; with the raw cause.
  case notPermitted(String)
  /// A file cannot be written; with the raw cause.
  case failed(String)
}

extension EditError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchService(let label, let known):
      "no virtual service '\(label)'\(Guess.phrase(for: label, among: known))"
    case .noSuchServer(let name, let known):
      "no real server '\(name.server)' in '\(name.service)'\(Guess.phrase(for: name.server, among: known))"
    case .noSuchCheck(let holder, let index, let count):
      "'\(holder)' has no health check \(index); "
        + (count == 0 ? "it has none of its own" : "they are counted from 1 to \(count)")
    case .noSuchFloatingIP(let address, let known):
      "no floating IP '\(address)'\(known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))")"
    case .exists(let what, let location): "\(what) exists already, at \(location)"
    case .sameEntry(let original, let copy):
      "'\(copy)' would have address, ports and protocol of '\(original)', and clients could not tell them apart; "
        + "name another with --address or --ports"
    case .wrongRequest(let message): message
    case .configuration(let errors): "\(errors)"
    case .busy(let path): "\(path) is being changed by somebody else; try again"
    case .notPermitted(let message), .failed(let message): message
    }
  }
}

extension EditError {
  init(_ error: SystemError, remedy: String = "") {
    let words = "\(error)\(remedy)"
    self = error.isDenied ? .notPermitted(words) : .failed(words)
  }
}
