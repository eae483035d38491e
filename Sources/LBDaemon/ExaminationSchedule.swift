import LoadBalancing

/// When to look for mistakes without being asked: every few minutes, and when a server has come up.
struct ExaminationSchedule {
  static let interval = Duration.seconds(300)
  /// A server that comes and goes does not keep the wire busy.
  static let pause = Duration.seconds(60)

  private var last: Duration?
  private var known: Set<ServerName> = []

  /// - Parameters:
  ///   - time: since the beginning.
  ///   - up: the servers whose checks pass.
  mutating func isDue(at time: Duration, up: Set<ServerName>) -> Bool {
    known.formIntersection(up)
    let since = last.map { time - $0 }
    let cameUp = !up.subtracting(known).isEmpty
    guard since.map({ $0 >= Self.interval || (cameUp && $0 >= Self.pause) }) ?? true else { return false }
    last = time
    known = up
    return true
  }
}
