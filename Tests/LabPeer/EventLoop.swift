import CLinux
import Glibc

/// Waits for many sockets at a time.
@safe final class EventLoop {
  struct Event {
    let descriptor: Int32
    let isReadable: Bool
    let isWritable: Bool
  }

  private let descriptor: Int32
  private var ready = unsafe [epoll_event](repeating: epoll_event(), count: 512)

  init() throws(PeerError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw PeerError("epoll_create1: \(errorText(errno))") }
  }

  /// Tells of `socket` until it is closed: when it can be read, and with `writable` also when it can be written.
  func watch(_ socket: Int32, writable: Bool = false) throws(PeerError) {
    try change(EPOLL_CTL_ADD, socket, writable: writable)
  }

  func stopWatchingWritable(_ socket: Int32) throws(PeerError) {
    try change(EPOLL_CTL_MOD, socket, writable: false)
  }

  private func change(_ operation: Int32, _ socket: Int32, writable: Bool) throws(PeerError) {
    var event = unsafe epoll_event()
    unsafe event.events = writable ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue
    unsafe event.data.fd = socket
    guard unsafe epoll_ctl(descriptor, operation, socket, &event) == 0 else {
      throw PeerError("epoll_ctl: \(errorText(errno))")
    }
  }

  /// Waits for at most `milliseconds`, -1 for as long as it takes.
  func wait(milliseconds: Int32, _ body: (Event) throws(PeerError) -> Void) throws(PeerError) {
    let count = unsafe epoll_wait(descriptor, &ready, Int32(ready.count), milliseconds)
    guard count > 0 else { return }
    let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
    for index in 0..<Int(count) {
      let flags = unsafe ready[index].events
      let event = Event(
        descriptor: unsafe ready[index].data.fd, isReadable: flags & (EPOLLIN.rawValue | broken) != 0,
        isWritable: flags & (EPOLLOUT.rawValue | broken) != 0)
      try body(event)
    }
  }
}
