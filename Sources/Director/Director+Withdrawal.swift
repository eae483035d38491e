extension Director {
  /// Takes everything that lbd made out of the kernel; it stays so over restarts until ``resume(by:)``.
  ///
  /// - Returns: why something of lbd's is still there, in an operator's words; nil when nothing is.
  @discardableResult
  public func withdraw(by user: String) async -> String? {
    guard !course.model.saved.withdrawn else { return nil }
    course.model.saved.withdrawn = true
    events.add(.daemon, .warning, "withdrawn from the kernel", user: user)
    return shortfall(await settle(look: .everything))
  }

  /// Puts everything back.
  ///
  /// - Returns: why the kernel is not in accord, in an operator's words; nil when it is.
  @discardableResult
  public func resume(by user: String) async -> String? {
    guard course.model.saved.withdrawn else { return nil }
    course.model.saved.withdrawn = false
    events.add(.daemon, .information, "resumed", user: user)
    return shortfall(await settle(look: .everything))
  }

  /// Withdraws in a process of its own, while no daemon runs.
  ///
  /// - Returns: as ``withdraw(by:)``.
  /// - Throws: ``KernelError`` when the kernel cannot be used.
  public func withdrawOnce() async throws(KernelError) -> String? {
    let observed = try await kernel.observe(sysctls: [], counting: false)
    _ = course.saw(observed, by: Course.Question())
    course.model.recognise(observed)
    // Without a configuration no service needs its mark and no agent is asked, but the next daemon's will.
    course.model.restoreLabels()
    course.model.saved.withdrawn = true
    let outcome = await turn()
    await save()
    return shortfall(outcome)
  }
}
