/// One difference between two configurations, in an operator's words.
public struct ConfigurationDifference: Hashable, Sendable, CustomStringConvertible {
  public enum Action: String, Hashable, Sendable, CaseIterable, Codable {
    case add
    case change
    case remove
  }

  public let action: Action
  public let service: String?
  public let server: String?
  /// What changes, without the name of the service.
  public let message: String
  /// Whether established connections end by it.
  public let cutsConnections: Bool

  public init(
    _ action: Action, service: String? = nil, server: String? = nil, _ message: String, cutsConnections: Bool = false
  ) {
    self.action = action
    self.service = service
    self.server = server
    self.message = message
    self.cutsConnections = cutsConnections
  }

  /// `~ RomexisVIP: weight of RomexisServer1 100 → 50`.
  public var description: String {
    let sign =
      switch action {
      case .add: "+"
      case .change: "~"
      case .remove: "-"
      }
    let cut = cutsConnections ? " (ends established connections)" : ""
    return "\(sign) \(service.map { "\($0): " } ?? "")\(message)\(cut)"
  }
}

/// What leads from one configuration to another, in the order of the new one; what is removed comes last.
public func differences(from old: LoadBalancer, to new: LoadBalancer) -> [ConfigurationDifference] {
  let before = Dictionary(old.virtualServices.map { ($0.label, $0) }) { first, _ in first }
  let after = Set(new.virtualServices.map(\.label))
  var differences = new.virtualServices.flatMap { service in
    before[service.label].map { $0 == service ? [] : ServiceDifference(from: $0, to: service).all }
      ?? [
        .init(
          .add, service: service.label,
          "virtual service \(service.entry.words) with \(service.realServers.count) real servers")
      ]
  }
  differences += old.virtualServices.filter { !after.contains($0.label) }.map {
    .init(.remove, service: $0.label, "virtual service \($0.entry.words)", cutsConnections: true)
  }
  return globalDifferences(from: old, to: new) + differences
}

private func globalDifferences(from old: LoadBalancer, to new: LoadBalancer) -> [ConfigurationDifference] {
  var differences: [ConfigurationDifference] = []
  for floating in new.floatingIPs where !old.floatingIPs.contains(floating) {
    differences.append(.init(.add, "floating IP \(floating.address)"))
  }
  for floating in old.floatingIPs where !new.floatingIPs.contains(floating) {
    differences.append(.init(.remove, "floating IP \(floating.address)", cutsConnections: true))
  }
  for masquerade in new.outboundMasquerades where !old.outboundMasquerades.contains(masquerade) {
    differences.append(.init(.add, "outbound masquerade \(masquerade.source) through \(masquerade.interface)"))
  }
  for masquerade in old.outboundMasquerades where !new.outboundMasquerades.contains(masquerade) {
    differences.append(.init(.remove, "outbound masquerade \(masquerade.source) through \(masquerade.interface)"))
  }
  let (before, after) = (old.global, new.global)
  func compare<Value: Equatable & OperatorWords>(_ what: String, _ value: KeyPath<GlobalSettings, Value>) {
    guard before[keyPath: value] != after[keyPath: value] else { return }
    differences.append(.init(.change, "\(what) \(before[keyPath: value].words) → \(after[keyPath: value].words)"))
  }
  compare("watch", \.watch)
  compare("diagnose", \.diagnose)
  compare("firewall-mark-base", \.firewallMarkBase)
  compare("health-check defaults", \.healthCheck)
  compare("persistent-clients", \.persistentClients)
  compare("timeouts", \.timeouts)
  compare("notify command", \.notifyCommand)
  return differences
}
