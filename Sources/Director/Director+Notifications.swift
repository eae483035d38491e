extension Director {
  /// Looks at what the kernel tells changes of as soon as it tells of one, until the task is cancelled.
  func follow<C: Clock<Duration>>(
    _ clock: C, _ nextChange: @Sendable (any Kernel) async throws(KernelError) -> Void
  ) async {
    while !Task.isCancelled {
      do {
        try await nextChange(kernel)
        request(look: .notified)
      } catch {
        // The regular looks go on; the next call opens a new socket.
        try? await clock.sleep(for: .seconds(1))
      }
      // Whoever changes things without end is not followed faster than this.
      try? await clock.sleep(for: .milliseconds(100))
    }
  }
}
