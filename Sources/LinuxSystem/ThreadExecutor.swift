import CLinux
import Glibc
import Synchronization

/// A serial executor with a thread of its own, for actors that make blocking calls.
///
/// The thread runs jobs in the order in which they came and ends after the last one when nobody holds the executor any
/// more. An actor uses it so:
///
/// ```swift
/// actor Table {
///   private let executor: ThreadExecutor
///   nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
/// }
/// ```
public final class ThreadExecutor: SerialExecutor {
  private let queue = JobQueue()

  /// Starts the thread under a name that tools such as ps(1) show, at most 15 bytes of it.
  ///
  /// - Throws: ``SystemError`` when the system has no room for another thread.
  public init(name: String) throws(SystemError) {
    try SystemThread.start(named: name) { [queue] in
      queue.adoptThisThread()
      while let work = queue.next() { work.run() }
    }
  }

  deinit { queue.finish() }

  public func enqueue(_ job: consuming ExecutorJob) {
    queue.append(JobQueue.Work(job: UnownedJob(job), executor: self))
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  /// The processor time that the thread has used (pthread_getcpuclockid(3)).
  public var processorTime: Duration { queue.processorTime }

  public func isIsolatingCurrentContext() -> Bool? { queue.ownsThisThread }

  public func checkIsolated() {
    precondition(queue.ownsThisThread, "this code must run on the thread of its executor")
  }
}

/// The jobs that wait for the executor's thread; as many as the actors' own callers make.
private final class JobQueue: Sendable {
  /// Holds the executor until its job has run: the job may release the last actor that uses it.
  struct Work {
    let job: UnownedJob
    let executor: ThreadExecutor

    func run() {
      unsafe job.runSynchronously(on: executor.asUnownedSerialExecutor())
    }
  }

  private struct State {
    var waiting: [Work] = []
    var isFinished = false
  }

  private let state = Mutex(State())
  private let wakeUps = ThreadSemaphore()
  private let thread = Atomic<UInt>(0)
  /// Taken from `waiting` in one piece, in reverse; touched by the executor's thread alone.
  private nonisolated(unsafe) var taken: [Work] = []

  var ownsThisThread: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

  var processorTime: Duration {
    let thread = pthread_t(thread.load(ordering: .acquiring))
    var clock = clockid_t()
    var time = timespec()
    // The thread is there as long as somebody holds the executor, once it has started.
    guard thread != 0, unsafe pthread_getcpuclockid(thread, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
      return .zero
    }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  func adoptThisThread() { thread.store(UInt(pthread_self()), ordering: .releasing) }

  func append(_ work: sending Work) {
    let wasEmpty = state.withLock { state in
      state.waiting.append(work)
      return state.waiting.count == 1
    }
    if wasEmpty { wakeUps.signal() }
  }

  func finish() {
    state.withLock { $0.isFinished = true }
    wakeUps.signal()
  }

  /// Waits for the next job; nil once the executor is gone.
  func next() -> Work? {
    while true {
      if let work = unsafe taken.popLast() { return work }
      let isFinished = state.withLock { state in
        unsafe swap(&taken, &state.waiting)
        return state.isFinished
      }
      if unsafe taken.isEmpty {
        if isFinished { return nil }
        wakeUps.wait()
      } else {
        unsafe taken.reverse()
      }
    }
  }
}
