import CLinux
import Glibc
import Testing

@testable import LinuxSystem

/// Tasks on the loop's own thread, and its clock.
@Suite(.timeLimit(.minutes(5))) struct EpollLoopExecutorTests {
  private let loop: EpollLoop

  init() throws { loop = try EpollLoop(threadName: "lbd-test") }

  @Test func tasksRunOnOneThread() async throws {
    let loop = loop
    let threads = try await withThrowingTaskGroup(of: [pthread_t].self) { group in
      for _ in 0..<100 {
        group.addTask(executorPreference: loop) {
          let descriptor = OwnedDescriptor(try systemCall("eventfd") { eventfd(1, Int32(EFD_CLOEXEC)) })
          let before = pthread_self()
          try await loop.waitUntil(.readable, descriptor, deadline: .now + .seconds(60))
          return [before, pthread_self()]
        }
      }
      return try await group.reduce(into: Set()) { $0.formUnion($1) }
    }
    #expect(threads.count == 1)
    #expect(threads.first != pthread_self())
  }

  @Test func aJobWakesTheSleepingThread() async throws {
    let (loop, clock) = (loop, LoopClock(loop))
    let sleeper = Task { try await clock.sleep(until: .now + .seconds(3600), tolerance: nil) }
    for number in 0..<100 {
      #expect(await Task(executorPreference: loop) { number }.value == number)
    }
    sleeper.cancel()
    await #expect(throws: WaitError.cancelled) { try await sleeper.value }
  }

  @Test func theClockSleepsUntilItIsTime() async throws {
    let time = ContinuousClock.now + .milliseconds(3)
    try await LoopClock(loop).sleep(until: time, tolerance: nil)
    #expect(ContinuousClock.now >= time)
  }

  @Test func aThreadThatIsBehindTakesAnswersBeforeDeadlines() async throws {
    let loop = loop
    // More than epoll tells at once, all begun in one go by the loop's own thread.
    try await Task(executorPreference: loop) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<400 {
          group.addTask {
            let descriptor = OwnedDescriptor(try systemCall("eventfd") { eventfd(1, Int32(EFD_CLOEXEC)) })
            try await loop.waitUntil(.readable, descriptor, deadline: .now)
          }
        }
        try await group.waitForAll()
      }
    }.value
  }
}
