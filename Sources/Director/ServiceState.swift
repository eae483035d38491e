public import LoadBalancing

/// One virtual service with the states of its servers: all that decides what the kernel should hold for it.
public struct ServiceState: Hashable, Sendable {
  public let service: VirtualService
  /// In the order of the configuration.
  public let servers: [ServerState]

  public init(service: VirtualService, servers: [ServerState]) {
    self.service = service
    self.servers = servers
  }

  /// Whether the fallback is the one that serves: no server can, and none that is online is still awaited.
  public var fallbackServes: Bool {
    service.enabled && service.fallback != nil && !servers.contains { $0.canServe || $0.isAwaited }
  }

  /// Whether anybody, the fallback included, can take clients.
  public var isServed: Bool {
    service.enabled && (fallbackServes || servers.contains(where: \.canServe))
  }

  /// Whether the state of some server is not known yet, so that nothing should be taken away on its account.
  public var isAwaited: Bool { servers.contains(where: \.isAwaited) }
}

/// The colours of an overview.
public enum StateColor: String, Hashable, Sendable, CaseIterable, Codable {
  case green, yellow, red, blue
}

extension ServiceState {
  /// The first that fits: blue, nothing is meant to serve; red, no server can; yellow, one is missing; green.
  public var color: StateColor {
    let counted = servers.filter { !$0.isTakenOut }
    guard service.enabled, !counted.isEmpty else { return .blue }
    if counted.allSatisfy({ $0.health == .down }) { return .red }
    return counted.contains { !$0.health.canServe } ? .yellow : .green
  }
}

extension ServerState {
  public var color: StateColor {
    if isTakenOut { return .blue }
    return switch health {
    case .up, .unchecked: .green
    case .unknown: .yellow
    case .down: .red
    }
  }
}
