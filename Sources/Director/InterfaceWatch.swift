import Glibc
import Interfaces
import LinuxSystem

/// Waits for the kernel's notifications about links and addresses.
///
/// Not sendable: it belongs to the actor that reads them.
final class InterfaceWatch {
  private let monitor: InterfaceMonitor
  /// The monitor's socket under a number of our own, for the epoll loop.
  private let descriptor: OwnedDescriptor

  init() throws {
    monitor = try InterfaceMonitor()
    let number = fcntl(monitor.descriptor, F_DUPFD_CLOEXEC, 0)
    guard number >= 0 else { throw SystemError("fcntl", errno: errno) }
    descriptor = OwnedDescriptor(number)
  }

  /// Returns once something may have changed, or when the task is cancelled.
  func nextChange(by loop: EpollLoop) async throws {
    while !Task.isCancelled {
      do {
        try await loop.waitUntil(.readable, descriptor, deadline: .now + .seconds(3600))
      } catch {
        // The deadline and a cancellation have told nothing.
        guard case .failed(let error) = error else { continue }
        throw error
      }
      if try monitor.takeChanges() { return }
    }
  }
}
