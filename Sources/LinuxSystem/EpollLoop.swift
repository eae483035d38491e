import Synchronization

/// Waits for descriptors on one thread of its own and resumes the tasks that wait, epoll(7).
///
/// A wait is for one readiness and ends once: with it, with its deadline, or with the task's cancellation. Each has a
/// number beside its descriptor, so that a late event of a descriptor that was closed and opened anew is dropped.
/// The thread ends when nobody holds the loop any more.
public final class EpollLoop: Sendable {
  private let poller: EpollPoller
  private let waits = Mutex(EpollWaits())
  private let lastNumber = Atomic<UInt64>(0)
  private let origin = ContinuousClock.now

  /// Makes the epoll instance and starts its thread under a name of which 15 bytes are kept.
  ///
  /// - Throws: ``SystemError`` when the system has no room for descriptors or a thread.
  public init(threadName: String = "epoll") throws(SystemError) {
    let poller = try EpollPoller()
    self.poller = poller
    try SystemThread.start(named: threadName) { [weak self] in
      var ready: [UInt64] = []
      var timeout: Duration? = .zero
      while poller.isOpen {
        poller.wait(timeout, into: &ready)
        // Held only between waits: what keeps the loop alive are its users.
        guard let loop = self else { return }
        timeout = loop.endWaits(ready)
      }
    }
  }

  deinit { poller.close() }

  /// Returns once the descriptor is ready, has an error or was hung up.
  ///
  /// One wait at a time for each descriptor.
  ///
  /// - Throws: ``WaitError``: the deadline passed, the task was cancelled, or epoll refused the descriptor.
  public func waitUntil(
    _ readiness: Readiness, _ descriptor: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async throws(WaitError) {
    let number = lastNumber.add(1, ordering: .relaxed).newValue
    let rawDescriptor = descriptor.rawValue
    let failure = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        begin(number, readiness, rawDescriptor, deadline, continuation)
      }
    } onCancel: {
      end(number, .cancelled)
    }
    if let failure { throw failure }
  }

  private func begin(
    _ number: UInt64, _ readiness: Readiness, _ descriptor: Int32, _ deadline: ContinuousClock.Instant,
    _ continuation: EpollWaits.Continuation
  ) {
    let mustWake = waits.withLock { $0.begin(number, until: deadline - origin, continuation) }
    // Even when the descriptor is refused then: others with later deadlines count on this wake-up.
    defer { if mustWake { poller.wake() } }
    do {
      try poller.watch(descriptor, for: readiness, number: number)
      // The handler of a cancellation may have run before there was a wait to end.
      if Task.isCancelled { end(number, .cancelled) }
    } catch {
      end(number, .failed(error))
    }
  }

  private func end(_ number: UInt64, _ failure: WaitError) {
    waits.withLock { $0.end(number) }?.resume(returning: failure)
  }

  /// Resumes who waits for these numbers and whose deadline has passed; gives the time to the next deadline.
  private func endWaits(_ ready: [UInt64]) -> Duration? {
    let now = ContinuousClock.now - origin
    let (readied, expired, timeout) = waits.withLock { waits in
      (ready.compactMap { waits.end($0) }, waits.endExpired(at: now), waits.sleep(from: now))
    }
    for continuation in readied { continuation.resume(returning: nil) }
    for continuation in expired { continuation.resume(returning: .deadlinePassed) }
    return timeout
  }
}
