extension Director {
  /// Takes everything that lbd made out of the kernel; it stays so over restarts until ``resume(by:)``.
  public func withdraw(by user: String) async {
    guard !model.saved.withdrawn else { return }
    model.saved.withdrawn = true
    events.add(.daemon, .warning, "withdrawn from the kernel", user: user)
    await settle(all: true)
  }

  /// What a withdrawal, or a resumption, would change in the kernel.
  public func changes(withdrawing: Bool) -> [KernelChange] {
    guard let observed, model.saved.withdrawn != withdrawing else { return [] }
    var model = model
    model.saved.withdrawn = withdrawing
    return model.changes(from: observed, in: .everything)
  }

  /// Puts everything back.
  public func resume(by user: String) async {
    guard model.saved.withdrawn else { return }
    model.saved.withdrawn = false
    events.add(.daemon, .information, "resumed", user: user)
    await settle(all: true)
  }

  /// Withdraws in a process of its own, while no daemon runs.
  ///
  /// - Throws: ``KernelError`` when the kernel cannot be used.
  public func withdrawOnce() async throws(KernelError) {
    observed = try await kernel.observe(
      sysctls: Set(model.saved.originalSysctls.keys), counting: false)
    model.saved.withdrawn = true
    request(all: true)
    await turn()
  }
}
