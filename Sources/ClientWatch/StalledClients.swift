public import LoadBalancing

/// Finds the servers whose clients do not get on; pure, and of bounded memory.
///
/// Either none does (``Handshakes``), or some repeat themselves (``RepeatedSYNs``). A server that was suspicious is so
/// again after a pause that doubles, so that nobody who sends SYNs for their own sake has it checked all the time.
public struct StalledClients: Sendable {
  private struct Server {
    var handshakes = Handshakes()
    var pause = SuspicionPause()
  }

  private var repeated = RepeatedSYNs()
  private var servers: [IPAddress: Server] = [:]
  /// Which servers may have to be told of soon.
  private var doubtful: Set<IPAddress> = []
  /// Which are to be told of at once.
  private var found: Set<IPAddress> = []

  public init() {}

  /// Takes what a client has sent.
  ///
  /// - Parameters:
  ///   - isFollowed: whether the segment that follows a SYN will be seen.
  ///   - now: on a monotonic clock, never earlier than the last.
  public mutating func note(_ segment: ClientSegment, to server: IPAddress, isFollowed: Bool = true, at now: Duration) {
    let connection = segment.number(to: server)
    guard segment.isSYN else {
      servers[server]?.handshakes.goOn(connection, at: now)
      return
    }
    if repeated.note(segment, to: server, at: now), servers[server, default: Server()].pause.ends(at: now) {
      found.insert(server)
    }
    guard isFollowed else { return }
    servers[server, default: Server()].handshakes.begin(connection, sequence: segment.sequence, at: now)
    doubtful.insert(server)
  }

  /// The servers that have become suspicious.
  public mutating func suspects(at now: Duration) -> Set<IPAddress> {
    defer { found = [] }
    for server in doubtful {
      guard var state = servers[server], let time = state.handshakes.suspiciousAt else {
        doubtful.remove(server)
        continue
      }
      guard time <= now, state.pause.ends(at: now) else { continue }
      state.handshakes.settle(at: now)
      servers[server] = state
      found.insert(server)
    }
    return found
  }

  /// When the next becomes suspicious unless clients get on; nil while none may.
  public var nextSuspicion: Duration? {
    doubtful.compactMap { server in
      servers[server].flatMap { state in state.handshakes.suspiciousAt.map { max($0, state.pause.end) } }
    }.min()
  }

  /// Forgets what is known of other servers.
  public mutating func keep(only wanted: Set<IPAddress>) {
    servers = servers.filter { wanted.contains($0.key) }
    repeated.keep(only: wanted)
  }

  /// Forgets the handshakes that have begun: whether they go on is not seen any more.
  public mutating func forgetHandshakes() {
    for server in servers.keys { servers[server]?.handshakes.forget() }
  }
}

/// How long a server is not suspicious again: longer each time, as nothing came of it.
private struct SuspicionPause: Sendable {
  private static let shortest = Duration.milliseconds(250)
  private static let longest = Duration.seconds(4)
  /// After so long without suspicion it begins anew.
  private static let calm = Duration.seconds(10)

  private var length = shortest
  private(set) var end = Duration.seconds(-1)

  /// Whether it is over; then the next begins.
  mutating func ends(at now: Duration) -> Bool {
    guard now >= end else { return false }
    length = end < .zero || now - end >= Self.calm ? Self.shortest : min(length * 2, Self.longest)
    end = now + length
    return true
  }
}
