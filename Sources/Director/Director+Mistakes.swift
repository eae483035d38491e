/// A mistake in the network or on a server that probes have found.
public struct Mistake: Hashable, Sendable {
  /// A stable word.
  public let code: String
  public let service: String?
  public let server: String?
  /// What was seen; may differ from time to time while the mistake is the same.
  public let evidence: String

  public init(code: String, service: String?, server: String?, evidence: String) {
    self.code = code
    self.service = service
    self.server = server
    self.evidence = evidence
  }

  func isSame(as other: Mistake) -> Bool {
    code == other.code && service == other.service && server == other.server
  }
}

extension Director {
  /// Takes over what was found in the background; what is new, and what is gone, is an event.
  public func note(mistakes: [Mistake]) {
    for mistake in mistakes where !status.mistakes.contains(where: mistake.isSame) {
      events.add(
        .warning, .warning, "\(mistake.code): \(mistake.evidence); 'lbctl diagnose' says what mends it",
        service: mistake.service, server: mistake.server)
    }
    for mistake in status.mistakes where !mistakes.contains(where: mistake.isSame) {
      events.add(
        .warning, .information, "\(mistake.code): not found any more", service: mistake.service,
        server: mistake.server)
    }
    status.mistakes = mistakes
  }
}
