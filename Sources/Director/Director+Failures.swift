extension Director {
  /// The longest time between looks for a part that the kernel lacks.
  private static let missingIntervalMax = Duration.seconds(5)

  /// Tells of what the kernel refused; each refusal is told once, however often it is repeated.
  func report(_ failures: [KernelFailure], _ scope: Scope) {
    let known = status.refusals
    for failure in failures where !known.contains(failure.description) {
      events.add(.failure, .error, failure.description, service: failure.change.flatMap { course.model.label(of: $0) })
    }
    if case .everything = scope { status.refusals = [] }
    status.refusals.formUnion(failures.map(\.description))
    if let first = failures.first { note(first.description) }
  }

  func failed(_ error: KernelError) {
    // Each look may have the kernel start a program that loads the module.
    if error.code == .missing { status.lookInterval = min(Self.missingIntervalMax, status.lookInterval * 2) }
    guard status.lastError?.message != error.description else { return }
    note(error.description)
    events.add(.failure, .error, error.description)
  }

  private func note(_ failure: String) {
    guard status.lastError?.message != failure else { return }
    status.lastError = .init(at: now(), message: failure)
  }

  func succeeded() {
    guard status.refusals.isEmpty, status.lastError != nil else { return }
    status.lastError = nil
    events.add(.daemon, .information, "the kernel does as it is told again")
  }
}
