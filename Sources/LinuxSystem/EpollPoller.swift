import CLinux
import Glibc
import Synchronization

/// The system calls of an ``EpollLoop``.
final class EpollPoller: Sendable {
  private let epoll: OwnedDescriptor
  private let wakeUp: OwnedDescriptor
  private let isClosed = Atomic(false)

  /// Beside the descriptor that wakes the thread; no wait has it.
  private static let wakeUpNumber: UInt64 = 0
  private static let eventsMax = 256

  init() throws(SystemError) {
    epoll = OwnedDescriptor(try systemCall("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    wakeUp = OwnedDescriptor(try systemCall("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) })
    try add(wakeUp.rawValue, events: EPOLLIN.rawValue, number: Self.wakeUpNumber)
  }

  var isOpen: Bool { !isClosed.load(ordering: .acquiring) }

  func close() {
    isClosed.store(true, ordering: .releasing)
    wake()
  }

  func wake() {
    var one: UInt64 = 1
    // EAGAIN means that the counter is full: the thread wakes anyway.
    _ = unsafe write(wakeUp.rawValue, &one, MemoryLayout<UInt64>.size)
  }

  /// Reports the descriptor's readiness once, under this number.
  func watch(_ descriptor: Int32, for readiness: Readiness, number: UInt64) throws(SystemError) {
    try add(descriptor, events: readiness.rawValue | EPOLLONESHOT.rawValue, number: number)
  }

  private func add(_ descriptor: Int32, events: UInt32, number: UInt64) throws(SystemError) {
    var event = unsafe epoll_event(events: events, data: epoll_data_t(u64: number))
    do {
      try systemCall("epoll_ctl") { unsafe epoll_ctl(epoll.rawValue, EPOLL_CTL_ADD, descriptor, &event) }
    } catch  where error.errno == EEXIST {
      // An earlier wait for the same descriptor; closing it is what takes it out.
      try systemCall("epoll_ctl") { unsafe epoll_ctl(epoll.rawValue, EPOLL_CTL_MOD, descriptor, &event) }
    }
  }

  /// Waits and replaces the list by the numbers of what is ready; nil waits until something is.
  ///
  /// - Returns: whether that is all; more may be ready than one call can tell.
  func wait(_ timeout: Duration?, into ready: inout [UInt64]) -> Bool {
    ready.removeAll(keepingCapacity: true)
    let milliseconds = timeout.map(Self.milliseconds) ?? -1
    return unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.eventsMax) { events in
      let count = unsafe epoll_wait(epoll.rawValue, events.baseAddress, Int32(Self.eventsMax), milliseconds)
      for index in 0..<max(0, Int(count)) {
        let number = unsafe events[index].data.u64
        if number == Self.wakeUpNumber { drain() } else { ready.append(number) }
      }
      return count < Self.eventsMax
    }
  }

  private func drain() {
    var count: UInt64 = 0
    _ = unsafe read(wakeUp.rawValue, &count, MemoryLayout<UInt64>.size)
  }

  /// Rounded up, so that a deadline has passed when the wait is over.
  private static func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let whole = min(seconds, 86_400) * 1000
    return Int32(whole + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
