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

extension SavedState {
  /// What is remembered about an interface goes along when it is renamed.
  mutating func rename(interface old: String, to new: String) {
    owned.rename(interface: old, to: new)
    // Those of an interface that had the name before are nobody's.
    originalSysctls = originalSysctls.filter { !$0.key.contains("/\(new)/") }
    for name in originalSysctls.keys where name.contains("/\(old)/") {
      originalSysctls[name.replacing("/\(old)/", with: "/\(new)/")] = originalSysctls.removeValue(forKey: name)
    }
  }
}
