/// The handshakes of one server's clients that have begun and not ended; pure, and no more than sixteen.
///
/// A SYN that left for a live server is followed by another segment of the same client after one round trip between the
/// two. Three in a row that are not, and none of a later SYN either, speak for a server that answers nobody.
struct Handshakes {
  private static let pendingMax = 16
  private static let inARow = 3
  /// What began earlier says nothing about now.
  private static let ageMax = Duration.seconds(10)

  private struct Handshake {
    let connection: UInt64
    let sequence: UInt32
    let begun: Duration
    var isRepeated = false
  }

  /// The oldest first.
  private var pending: [Handshake] = []
  /// When the newest SYN left that was answered: what began until then counts no more.
  private var answeredUntil = Duration.seconds(-1)
  /// The same of those that have been told of.
  private var toldUntil = Duration.seconds(-1)
  private var usual = RoundTripTime()

  /// Takes a SYN; one too many is passed over.
  mutating func begin(_ connection: UInt64, sequence: UInt32, at now: Duration) {
    if let index = pending.firstIndex(where: { $0.connection == connection }) {
      if pending[index].sequence == sequence {
        pending[index].isRepeated = true
        return
      }
      pending.remove(at: index)
    }
    pending.removeAll { now - $0.begun > Self.ageMax }
    if pending.count >= Self.pendingMax {
      // Slow clients' are kept as long as there is something to learn from them.
      guard
        let index = pending.firstIndex(where: {
          $0.begun <= answeredUntil || now - $0.begun >= RoundTripTime.patienceLimits.upperBound
        })
      else { return }
      pending.remove(at: index)
    }
    pending.append(Handshake(connection: connection, sequence: sequence, begun: now))
  }

  /// Takes any other segment of a client.
  mutating func goOn(_ connection: UInt64, at now: Duration) {
    guard let index = pending.firstIndex(where: { $0.connection == connection }) else { return }
    let handshake = pending.remove(at: index)
    answeredUntil = max(answeredUntil, handshake.begun)
    // Of a SYN sent twice nobody knows which was answered (Karn's algorithm, RFC 6298 section 3).
    if !handshake.isRepeated { usual.note(now - handshake.begun) }
  }

  /// When so many in a row will have waited for too long, unless one gets on; nil while fewer are pending.
  var suspiciousAt: Duration? {
    let counting = pending.lazy.filter { $0.begun > max(answeredUntil, toldUntil) }.prefix(Self.inARow)
    return counting.count == Self.inARow ? counting.map(\.begun).max().map { $0 + usual.patience } : nil
  }

  /// What has waited for too long has been told of; when it is answered late, that is learnt.
  mutating func settle(at now: Duration) { toldUntil = max(toldUntil, now - usual.patience) }

  /// Forgets those that have begun, not how long they take.
  mutating func forget() { pending = [] }
}

/// How long handshakes take, smoothed as in RFC 6298 section 2. How much that varies does not count: one that is late
/// is no reason, only several in a row are.
private struct RoundTripTime {
  /// Shorter waits would suspect servers for a hiccup; after a longer one clients repeat themselves.
  static let patienceLimits = Duration.milliseconds(100)...Duration.seconds(1)
  /// While nobody knows how far away clients are.
  private static let patienceAtFirst = Duration.milliseconds(250)

  private var smoothed: Duration?

  /// How long a handshake may take before it seems stuck.
  var patience: Duration {
    guard let smoothed else { return Self.patienceAtFirst }
    return min(max(smoothed * 2, Self.patienceLimits.lowerBound), Self.patienceLimits.upperBound)
  }

  mutating func note(_ time: Duration) { smoothed = smoothed.map { $0 * 7 / 8 + time / 8 } ?? time }
}
