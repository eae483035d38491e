package import LoadBalancing

extension SavedState {
  /// What is remembered under the old label goes along to the new one.
  package mutating func rename(_ renaming: Renaming) {
    switch renaming {
    case .service(let old, let new):
      operatorStates[new] = operatorStates.removeValue(forKey: old)
      marks.rename(old, to: new)
    case .server(let name, let new):
      let renamed = ServerName(service: name.service, server: new)
      self[renamed] = self[name]
      self[name] = .online
    }
  }
}
