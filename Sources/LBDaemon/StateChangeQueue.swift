import Director
import Synchronization

/// Changes of state that wait for the operator's program: the newest, a bounded number of them.
final class StateChangeQueue: Sendable {
  static let waitingMax = 256

  /// What became of notifications since the start of lbd.
  struct Counts: Hashable, Sendable {
    var delivered: UInt64 = 0
    /// Given up after the last attempt.
    var failed: UInt64 = 0
    /// Too many waited.
    var dropped: UInt64 = 0
  }

  private let events: AsyncStream<DirectorEvent>
  private let event: AsyncStream<DirectorEvent>.Continuation
  private let state = Mutex((counts: Counts(), newlyDropped: UInt64(0)))

  init() {
    (events, event) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingMax))
  }

  /// Takes an event that is a change of state; nobody waits for it.
  func offer(_ event: DirectorEvent) {
    guard event.state != nil, case .dropped = self.event.yield(event) else { return }
    state.withLock { $0.newlyDropped += 1 }
  }

  var counts: Counts { state.withLock { $0.counts } }

  /// Gives the events one after another until the task is cancelled; with each, how many were dropped before it.
  func forEach(_ body: (DirectorEvent, _ dropped: UInt64) async -> Void) async {
    for await event in events {
      let dropped = state.withLock { state in
        defer { state.newlyDropped = 0 }
        return state.newlyDropped
      }
      await body(event, dropped)
    }
  }

  func count(_ change: @Sendable (inout Counts) -> Void) { state.withLock { change(&$0.counts) } }
}
