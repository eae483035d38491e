import Glibc
import LinuxSystem

/// Waits for the kernel's notifications on a monitor's socket.
///
/// Not sendable: it belongs to the actor that reads them.
final class ChangeWatch<Monitor> {
  private let monitor: Monitor
  /// The monitor's socket under a number of our own, for the epoll loop.
  private let descriptor: OwnedDescriptor

  init(_ monitor: Monitor, descriptor number: Int32) throws(SystemError) {
    self.monitor = monitor
    let own = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw SystemError("fcntl", errno: errno) }
    descriptor = OwnedDescriptor(own)
  }

  /// Returns once `takeChanges` says that something may have changed, or when the task is cancelled.
  func nextChange(by loop: EpollLoop, _ takeChanges: (Monitor) throws -> Bool) async throws {
    while !Task.isCancelled {
      do {
        try await loop.waitUntil(.readable, descriptor, deadline: .now + .seconds(3600))
      } catch {
        // The deadline and a cancellation have told nothing.
        guard case .failed(let error) = error else { continue }
        throw error
      }
      if try takeChanges(monitor) { return }
    }
  }
}
