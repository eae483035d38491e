public import LoadBalancing

/// A name that the configuration does not hold.
public enum UnknownName: Error, Hashable, Sendable {
  /// With the labels that there are.
  case service(String, known: [String])
  case server(ServerName, known: [String])
}

extension Director {
  /// The operator's word about a real server; returns when the kernel is in accord with it and it is
  /// safe on disk.
  ///
  /// - Parameter user: who says so, for the events.
  /// - Returns: the state before.
  /// - Throws: ``UnknownName``.
  @discardableResult
  public func setOperatorState(
    _ state: OperatorState, of name: ServerName, by user: String
  ) async throws(UnknownName) -> OperatorState {
    let before = try operatorState(of: name)
    guard before != state else { return before }
    let old = model.states[name.service]
    model.setOperatorState(state, of: name)
    events.add(
      .operatorAction, .information, "\(before.rawValue) → \(state.rawValue)",
      service: name.service, server: name.server, state: state.rawValue, user: user)
    if let old, let new = model.states[name.service] { tell(from: old, to: new, messages: [:]) }
    await settle([name.service])
    return before
  }

  /// - Throws: ``UnknownName``.
  public func operatorState(of name: ServerName) throws(UnknownName) -> OperatorState {
    guard let service = model.service(name.service) else {
      throw .service(name.service, known: model.configuration.virtualServices.map(\.label))
    }
    guard service.realServers.contains(where: { $0.label == name.server }) else {
      throw .server(name, known: service.realServers.map(\.label))
    }
    return model.saved[name]
  }
}
