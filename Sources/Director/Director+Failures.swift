extension Director {
  /// Tells of what the kernel refused; each refusal is told once, however often it is repeated.
  func report(_ failures: [KernelFailure]) {
    let known = status.refusals
    for failure in failures where !known.contains(failure.description) {
      events.add(.failure, .error, failure.description, service: failure.change.flatMap { model.label(of: $0) })
    }
    status.refusals = Set(failures.map(\.description))
    status.refused = Set(failures.compactMap(\.change))
    status.lastError = failures.first?.description
  }

  func failed(_ error: KernelError) {
    guard status.lastError != error.description else { return }
    status.lastError = error.description
    events.add(.failure, .error, error.description)
  }

  func succeeded() {
    guard status.refusals.isEmpty, status.lastError != nil else { return }
    status.lastError = nil
    events.add(.daemon, .information, "the kernel does as it is told again")
  }
}
