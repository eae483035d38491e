import Synchronization

/// Waits for descriptors on one thread of its own and resumes the tasks that wait, epoll(7).
///
/// A wait is for one readiness and ends once: with it, with its deadline, or with the task's cancellation. Each has a
/// number beside its descriptor, so that a late event of a descriptor that was closed and opened anew is dropped.
/// The thread ends when nobody holds the loop any more.
///
/// As a task executor the loop also runs tasks on that thread: thousands that do little but wait need no other then,
/// and begin and end in batches. What blocks or computes belongs elsewhere.
public final class EpollLoop: Sendable {
  /// Told nil for readiness.
  public typealias Handler = @Sendable (WaitError?) -> Void

  /// A wait, begun or to come.
  public struct Wait: Hashable, Sendable {
    fileprivate let number: UInt64
  }

  private let poller: EpollPoller
  private let waits = Mutex(EpollWaits())
  private let origin = ContinuousClock.now

  /// Makes the epoll instance and starts its thread under a name of which 15 bytes are kept.
  ///
  /// - Throws: ``SystemError`` when the system has no room for descriptors or a thread.
  public init(threadName: String = "epoll") throws(SystemError) {
    let poller = try EpollPoller()
    self.poller = poller
    try SystemThread.start(named: threadName) { [weak self] in
      var ready: [UInt64] = []
      var jobs: [Job] = []
      var timeout: Duration? = .zero
      while poller.isOpen {
        let isAll = poller.wait(timeout, into: &ready)
        // Held only between waits: what keeps the loop alive are its users.
        guard let loop = self else { return }
        loop.endWaits(ready, isAll: isAll)
        loop.runJobs(&jobs)
        timeout = loop.sleep()
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
    if let failure = await wait(until: deadline, for: (readiness, descriptor.rawValue)) { throw failure }
  }

  /// A wait to come, which must begin, once; a cancellation before that is lost.
  public func newWait() -> Wait { Wait(number: waits.withLock { $0.newNumber() }) }

  /// Begins a wait and calls the handler once, when the descriptor is ready, has an error or was hung up, or with the
  /// reason why not: what ``waitUntil(_:_:deadline:)`` does without a task that waits.
  ///
  /// The handler runs on the loop's thread, or at once where epoll refuses the descriptor or the wait is cancelled. It
  /// must neither block nor compute much; the descriptor stays open until then.
  public func whenReady(
    _ readiness: Readiness, _ descriptor: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant, as wait: Wait,
    _ handler: @escaping Handler
  ) {
    begin(wait, until: deadline, for: (readiness, descriptor.rawValue), then: handler)
  }

  /// Ends a wait with ``WaitError/cancelled``, unless it has ended or not yet begun.
  public func cancel(_ wait: Wait) { end(wait, .cancelled) }

  /// Returns when it is this time, to the millisecond after.
  ///
  /// - Throws: ``WaitError/cancelled``.
  public func sleep(until time: ContinuousClock.Instant) async throws(WaitError) {
    let end = await wait(until: time, for: nil)
    if let end, end != .deadlinePassed { throw end }
  }

  /// What a wait is for besides its deadline.
  private typealias Watched = (readiness: Readiness, rawDescriptor: Int32)

  /// Why the wait ended, nil for readiness.
  private func wait(until deadline: ContinuousClock.Instant, for watched: Watched?) async -> WaitError? {
    let wait = newWait()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        begin(wait, until: deadline, for: watched) { continuation.resume(returning: $0) }
        // The handler of a cancellation may have run before there was a wait to end.
        if Task.isCancelled { cancel(wait) }
      }
    } onCancel: {
      cancel(wait)
    }
  }

  private func begin(
    _ wait: Wait, until deadline: ContinuousClock.Instant, for watched: Watched?, then handler: @escaping Handler
  ) {
    let mustWake = waits.withLock { $0.begin(wait.number, until: deadline - origin, handler) }
    // Even when the descriptor is refused then: others with later deadlines count on this wake-up.
    defer { if mustWake { poller.wake() } }
    guard let watched else { return }
    do throws(SystemError) {
      try poller.watch(watched.rawDescriptor, for: watched.readiness, number: wait.number)
    } catch {
      end(wait, .failed(error))
    }
  }

  private func end(_ wait: Wait, _ failure: WaitError) {
    waits.withLock { $0.end(wait.number) }?(failure)
  }

  /// Tells who waits for these numbers and whose deadline has passed; not while others may be ready as well: a thread
  /// that is behind lets nobody's deadline pass whose answer is there.
  private func endWaits(_ ready: [UInt64], isAll: Bool) {
    let now = ContinuousClock.now - origin
    let (readied, expired) = waits.withLock { waits in
      waits.wake()
      return (ready.compactMap { waits.end($0) }, isAll ? waits.endExpired(at: now) : [])
    }
    for handler in readied { handler(nil) }
    for handler in expired { handler(.deadlinePassed) }
  }

  /// Runs what waits now; what that adds comes after a look at the descriptors.
  private func runJobs(_ jobs: inout [Job]) {
    waits.withLock { $0.takeJobs(into: &jobs) }
    for job in jobs { job.run() }
    jobs.removeAll(keepingCapacity: true)
  }

  /// The time to the next deadline.
  private func sleep() -> Duration? {
    let now = ContinuousClock.now - origin
    return waits.withLock { $0.sleep(from: now) }
  }
}

extension EpollLoop: TaskExecutor {
  /// Holds the loop until it has run: the job may release the last task that uses it.
  struct Job {
    let job: UnownedJob
    let loop: EpollLoop

    func run() { unsafe job.runSynchronously(on: loop.asUnownedTaskExecutor()) }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = Job(job: UnownedJob(job), loop: self)
    if waits.withLock({ $0.enqueue(job) }) { poller.wake() }
  }
}
