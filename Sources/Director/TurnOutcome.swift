/// How a turn ended.
enum TurnOutcome: Sendable {
  case made(refusals: [KernelFailure])
  case brokeOff(KernelError)
  /// The Director has ended; nothing was done.
  case ended
}

extension Director {
  /// Why what was asked for is not in effect, in an operator's words; nil when it is.
  ///
  /// - Parameter labels: the services that were asked about; nil: all.
  func shortfall(_ outcome: TurnOutcome, of labels: Set<String>? = nil) -> String? {
    let reasons: [String]
    switch outcome {
    case .made(let refusals):
      reasons = refusals.filter { failure in
        guard let labels else { return true }
        return failure.change.flatMap { course.model.label(of: $0) }.map(labels.contains) ?? false
      }.map(\.description)
    case .brokeOff(let error): reasons = [error.description]
    case .ended: reasons = ["lbd is ending"]
    }
    guard let first = reasons.first else { return nil }
    let more = reasons.count > 1 ? " (and \(reasons.count - 1) more, see 'lbctl events')" : ""
    return "not yet in effect in the kernel, lbd goes on trying: \(first)\(more)"
  }
}
