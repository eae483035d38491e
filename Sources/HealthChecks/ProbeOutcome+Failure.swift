import Glibc
import LinuxSystem

extension ProbeOutcome {
  /// What an error at a port says about the server, or about this machine.
  ///
  /// - Parameter awaited: what did not come in time: `answer`.
  static func failure(_ error: WaitError, port: UInt16, timeout: Duration, awaited: String) -> ProbeOutcome {
    failure(error, place: "port \(port): ", timeout: timeout, awaited: awaited)
  }

  /// - Parameter place: begins the message: `port 80: `.
  static func failure(_ error: WaitError, place: String, timeout: Duration, awaited: String) -> ProbeOutcome {
    switch error {
    case .deadlinePassed:
      return ProbeOutcome(.failed, "\(place)no \(awaited) within \(timeout.text)", unreached: error)
    case .cancelled: return ProbeOutcome(.inconclusive, "\(place)cancelled")
    case .failed(let cause):
      let reason = "\(cause.meaning.prefix(1).lowercased())\(cause.meaning.dropFirst()) (\(cause.name))"
      return isOurOwn(cause.errno)
        ? ProbeOutcome(.inconclusive, "not checked: \(place)\(reason)")
        : ProbeOutcome(.failed, place + reason, unreached: error)
    }
  }

  /// Whether the reason lies on this machine: no descriptors, memory, ports, SCTP, or its firewall and connection
  /// tracking (whose full table is EPERM).
  private static func isOurOwn(_ error: Int32) -> Bool {
    [EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN, EADDRNOTAVAIL, EADDRINUSE, EPERM, EACCES, EPROTONOSUPPORT].contains(error)
  }
}
