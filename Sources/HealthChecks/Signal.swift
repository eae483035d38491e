import Synchronization

/// Wakes one task that waits; raised while nobody waits, it ends the next wait at once.
final class Signal: Sendable {
  private struct State {
    var isRaised = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func raise() {
    let waiter = state.withLock { state in
      state.isRaised = state.waiter == nil
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Returns once raised, when the task is cancelled, or when another task waits instead.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ended = state.withLock { state -> CheckedContinuation<Void, Never>? in
          if state.isRaised {
            state.isRaised = false
            return continuation
          }
          let previous = state.waiter
          state.waiter = continuation
          return previous
        }
        ended?.resume()
        // The handler of a cancellation may have run before there was a waiter to wake.
        if Task.isCancelled { cancel() }
      }
    } onCancel: {
      cancel()
    }
  }

  private func cancel() {
    state.withLock { $0.waiter.take() }?.resume()
  }
}
