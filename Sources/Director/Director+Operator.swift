public import LoadBalancing

/// A name that the configuration does not hold.
public enum UnknownName: Error, Hashable, Sendable {
  /// With the labels that there are.
  case service(String, known: [String])
  case server(ServerName, known: [String])
}

/// An operator's word that lbd has taken and remembers.
public struct TakenWord: Hashable, Sendable {
  public let before: OperatorState
  /// Why the kernel is not in accord with it, in an operator's words; nil when it is.
  public let shortfall: String?

  public init(before: OperatorState, shortfall: String? = nil) {
    self.before = before
    self.shortfall = shortfall
  }
}

extension Director {
  /// The operator's word about a real server; returns when the kernel is in accord with it, or why it is not, and it
  /// is safe on disk.
  ///
  /// - Parameter user: who says so, for the events.
  /// - Returns: the state before, and what keeps the word from being in effect.
  /// - Throws: ``UnknownName``.
  @discardableResult
  public func setOperatorState(
    _ state: OperatorState, of name: ServerName, by user: String
  ) async throws(UnknownName) -> TakenWord {
    let before = try operatorState(of: name)
    guard before != state else { return TakenWord(before: before) }
    let old = course.model.states[name.service]
    course.model.setOperatorState(state, of: name)
    events.add(
      .operatorAction, .information, "\(before.rawValue) → \(state.rawValue)",
      service: name.service, server: name.server, state: state.rawValue, user: user)
    if let old, let new = course.model.states[name.service] { tell(from: old, to: new, messages: [:]) }
    let outcome = await settle([name.service])
    return TakenWord(before: before, shortfall: shortfall(outcome, of: [name.service]))
  }

  /// - Throws: ``UnknownName``.
  public func operatorState(of name: ServerName) throws(UnknownName) -> OperatorState {
    guard let service = course.model.service(name.service) else {
      throw .service(name.service, known: course.model.configuration.virtualServices.map(\.label))
    }
    guard service.realServers.contains(where: { $0.label == name.server }) else {
      throw .server(name, known: service.realServers.map(\.label))
    }
    return course.model.saved[name]
  }
}
