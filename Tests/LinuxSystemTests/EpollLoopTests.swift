import Glibc
import Synchronization
import Testing

@testable import LinuxSystem

@Suite(.timeLimit(.minutes(5))) struct EpollLoopTests {
  private let loop: EpollLoop

  init() throws { loop = try EpollLoop(threadName: "lbd-test") }

  @Test func resumesWhenReadable() async throws {
    let ends = try SocketPair()
    try ends.write()
    try await loop.waitUntil(.readable, ends.near, deadline: .now + .seconds(60))
  }

  @Test func resumesTheSameDescriptorAgain() async throws {
    let ends = try SocketPair()
    for _ in 0..<3 {
      try await loop.waitUntil(.writable, ends.near, deadline: .now + .seconds(60))
    }
    #expect(throws: SystemError("read", errno: EAGAIN)) { try ends.read() }
    try ends.write()
    try await loop.waitUntil(.readable, ends.near, deadline: .now + .seconds(60))
    try ends.read()
  }

  @Test func endsWithTheDeadline() async throws {
    let ends = try SocketPair()
    await #expect(throws: WaitError.deadlinePassed) {
      try await loop.waitUntil(.readable, ends.near, deadline: .now + .milliseconds(1))
    }
  }

  @Test func anEarlierDeadlineWakesTheSleepingThread() async throws {
    let patient = try SocketPair()
    let hasty = try SocketPair()
    try await withThrowingTaskGroup(of: Void.self) { group in
      let loop = loop
      let later = patient.near.rawValue
      group.addTask {
        let borrowed = OwnedDescriptor(dup(later))
        try await loop.waitUntil(.readable, borrowed, deadline: .now + .seconds(3600))
      }
      await #expect(throws: WaitError.deadlinePassed) {
        try await loop.waitUntil(.readable, hasty.near, deadline: .now + .milliseconds(1))
      }
      try patient.write()
      try await group.waitForAll()
    }
  }

  @Test func endsWithTheTask() async throws {
    let ends = try SocketPair()
    let loop = loop
    let number = ends.near.rawValue
    let task = Task {
      let copy = OwnedDescriptor(dup(number))
      try await loop.waitUntil(.readable, copy, deadline: .now + .seconds(3600))
    }
    task.cancel()
    await #expect(throws: WaitError.cancelled) { try await task.value }
  }

  @Test func aWaitIsCancelledOnceItHasBegun() async throws {
    let ends = try SocketPair()
    let wait = loop.newWait()
    loop.cancel(wait)
    let outcome = Mutex<[WaitError?]>([])
    loop.whenReady(.readable, ends.near, deadline: .now + .seconds(3600), as: wait) { failure in
      outcome.withLock { $0.append(failure) }
    }
    #expect(outcome.withLock { $0 } == [], "a cancellation before the beginning is lost")
    loop.cancel(wait)
    #expect(outcome.withLock { $0 } == [.cancelled])
    loop.cancel(wait)
    #expect(outcome.withLock { $0 } == [.cancelled])
  }

  @Test func endsWhenThePeerHangsUp() async throws {
    let ends = try SocketPair()
    shutdown(ends.far.rawValue, Int32(SHUT_RDWR))
    try await loop.waitUntil(.readable, ends.near, deadline: .now + .seconds(60))
  }

  @Test func refusesWhatEpollCannotWatch() async throws {
    let file = OwnedDescriptor(try systemCall("open") { unsafe open("/proc/self/exe", O_RDONLY | O_CLOEXEC) })
    await #expect(throws: WaitError.failed(SystemError("epoll_ctl", errno: EPERM))) {
      try await loop.waitUntil(.readable, file, deadline: .now + .seconds(60))
    }
    // The refused wait leaves the thread awake to later deadlines.
    let ends = try SocketPair()
    await #expect(throws: WaitError.deadlinePassed) {
      try await loop.waitUntil(.readable, ends.near, deadline: .now + .milliseconds(1))
    }
  }

  @Test func manyWaitAtOnce() async throws {
    let loop = loop
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          let ends = try SocketPair()
          if index.isMultiple(of: 2) {
            try ends.write()
            try await loop.waitUntil(.readable, ends.near, deadline: .now + .seconds(60))
          } else {
            await #expect(throws: WaitError.deadlinePassed) {
              try await loop.waitUntil(.readable, ends.near, deadline: .now + .milliseconds(5))
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Two connected sockets that never block.
private struct SocketPair: ~Copyable {
  let near: OwnedDescriptor
  let far: OwnedDescriptor

  init() throws {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    try systemCall("socketpair") { unsafe socketpair(AF_UNIX, type, 0, &ends) }
    near = OwnedDescriptor(ends[0])
    far = OwnedDescriptor(ends[1])
  }

  /// One byte from the far end to the near one.
  func write() throws {
    var byte: UInt8 = 1
    try systemCall("write") { unsafe Glibc.write(far.rawValue, &byte, 1) }
  }

  func read() throws {
    var byte: UInt8 = 0
    try systemCall("read") { unsafe Glibc.read(near.rawValue, &byte, 1) }
  }
}
