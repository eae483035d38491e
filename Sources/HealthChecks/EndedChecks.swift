import Synchronization

/// A check that was made, or given up.
struct EndedCheck: Sendable {
  let id: UInt64
  /// The target's number.
  let number: UInt64
  /// nil for one that was given up.
  let outcome: ProbeOutcome?
  let start: Duration
  let end: Duration
}

/// Checks that have ended and are not counted yet; no more than are in flight.
final class EndedChecks: Sendable {
  private let waiting = Mutex<[EndedCheck]>([])

  /// Says whether it is the first, so that somebody must come and take them.
  func add(_ ended: EndedCheck) -> Bool {
    waiting.withLock { waiting in
      waiting.append(ended)
      return waiting.count == 1
    }
  }

  func take() -> [EndedCheck] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
