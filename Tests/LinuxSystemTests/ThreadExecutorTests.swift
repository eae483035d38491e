import Glibc
import Synchronization
import Testing

@testable import LinuxSystem

private actor Recorder {
  private let executor: ThreadExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
  private(set) var values: [Int] = []

  init(_ executor: ThreadExecutor) { self.executor = executor }

  func append(_ value: Int) { values.append(value) }

  /// The thread's number, and what the executor says about it.
  func whereItRuns() -> (thread: UInt, isIsolated: Bool?) {
    preconditionIsolated()
    executor.checkIsolated()
    return (UInt(pthread_self()), executor.isIsolatingCurrentContext())
  }

  func threadName() throws -> String {
    String(decoding: try BoundedFile.read("/proc/thread-self/comm", bytesMax: 64), as: UTF8.self)
  }

  /// Blocks the thread until the semaphore is signalled.
  func block(on semaphore: ThreadSemaphore) { semaphore.wait() }
}

@Suite(.timeLimit(.minutes(5))) struct ThreadExecutorTests {
  @Test func runsItsActorsOnOneThread() async throws {
    let executor = try ThreadExecutor(name: "lbd-test")
    let first = Recorder(executor)
    let second = Recorder(executor)
    let one = await first.whereItRuns()
    let other = await second.whereItRuns()
    #expect(one.isIsolated == true)
    #expect(one.thread == other.thread)
    #expect(executor.isIsolatingCurrentContext() == false)
  }

  @Test func keepsFifteenBytesOfItsName() async throws {
    let recorder = Recorder(try ThreadExecutor(name: "a name that is too long"))
    #expect(try await recorder.threadName() == "a name that is \n")
  }

  @Test func runsEveryJobOnce() async throws {
    let recorder = Recorder(try ThreadExecutor(name: "lbd-test"))
    await withDiscardingTaskGroup { group in
      for value in 0..<2000 { group.addTask { await recorder.append(value) } }
    }
    #expect(await recorder.values.sorted() == Array(0..<2000))
  }

  @Test func blockingOneDelaysNobodyElse() async throws {
    let semaphore = ThreadSemaphore()
    let recorders = try (0..<8).map { _ in Recorder(try ThreadExecutor(name: "lbd-test")) }
    let free = Recorder(try ThreadExecutor(name: "lbd-test"))
    await withDiscardingTaskGroup { group in
      for recorder in recorders { group.addTask { await recorder.block(on: semaphore) } }
      // More threads are blocked than the cooperative pool has; this ends nevertheless.
      await free.append(1)
      for _ in recorders { semaphore.signal() }
    }
    #expect(await free.values == [1])
  }

  @Test func isReleasedAfterTheLastJob() async throws {
    weak var released: ThreadExecutor?
    do {
      let recorder = Recorder(try makeExecutor(&released))
      await recorder.append(1)
    }
    // The thread lets go right after the job; yielding, not sleeping, gives it the processor.
    while released != nil { await Task.yield() }
  }

  private func makeExecutor(_ reference: inout ThreadExecutor?) throws -> ThreadExecutor {
    let executor = try ThreadExecutor(name: "lbd-test")
    reference = executor
    return executor
  }
}
