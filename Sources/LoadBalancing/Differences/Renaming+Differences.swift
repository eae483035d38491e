extension LoadBalancer {
  /// The same configuration under the new label.
  public func renamed(_ renaming: Renaming) -> LoadBalancer {
    var renamed = self
    switch renaming {
    case .service(let old, let new):
      for index in virtualServices.indices where virtualServices[index].label == old {
        renamed.virtualServices[index].label = new
      }
    case .server(let name, let new):
      for index in virtualServices.indices where virtualServices[index].label == name.service {
        for server in virtualServices[index].realServers.indices
        where virtualServices[index].realServers[server].label == name.server {
          renamed.virtualServices[index].realServers[server].label = new
        }
      }
    }
    return renamed
  }
}

/// As ``differences(from:to:)``, where one label becomes another: what keeps its meaning is no difference.
public func differences(
  from old: LoadBalancer, to new: LoadBalancer, renaming: Renaming?
) -> [ConfigurationDifference] {
  guard let renaming else { return differences(from: old, to: new) }
  let renamed = old.renamed(renaming)
  guard renamed != old else { return differences(from: old, to: new) }
  let change =
    switch renaming {
    case .service(let before, let after):
      ConfigurationDifference(.change, service: after, "label \(before) → \(after)")
    case .server(let name, let after):
      ConfigurationDifference(.change, service: name.service, server: after, "label \(name.server) → \(after)")
    }
  return [change] + differences(from: renamed, to: new)
}
