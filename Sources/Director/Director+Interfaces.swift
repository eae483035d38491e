extension Director {
  /// Looks at links and addresses as soon as the kernel tells of a change, until the task is cancelled.
  func followInterfaces<C: Clock<Duration>>(_ clock: C) async {
    while !Task.isCancelled {
      do {
        try await kernel.nextInterfaceChange()
        request(look: .interfaces)
      } catch {
        // The regular looks go on; the next call opens a new socket.
        try? await clock.sleep(for: .seconds(1))
      }
      // Whoever changes things without end is not followed faster than this.
      try? await clock.sleep(for: .milliseconds(100))
    }
  }
}
