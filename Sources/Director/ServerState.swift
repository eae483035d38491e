public import LoadBalancing

/// What is known and decided about one real server of one virtual service.
public struct ServerState: Hashable, Sendable {
  public let server: RealServer
  public let operatorState: OperatorState
  public let health: Health
  /// What the server's own agent reports, 0 to 100 percent of the configured weight; 100 without an agent.
  public let share: Int
  /// Whether the server's own agent wants nobody at all.
  public let isInMaintenance: Bool

  public init(
    server: RealServer, operatorState: OperatorState, health: Health, share: Int = 100, isInMaintenance: Bool = false
  ) {
    self.server = server
    self.operatorState = operatorState
    self.health = health
    self.share = share
    self.isInMaintenance = isInMaintenance
  }

  /// Whether new clients may be sent to the server.
  public var canServe: Bool {
    !isTakenOut && health.canServe
  }

  /// Whether the server would serve, but its first check has not ended yet.
  public var isAwaited: Bool {
    !isTakenOut && health == .unknown
  }

  /// Whether the operator, a weight of 0 or the server's own agent took it out of the count.
  public var isTakenOut: Bool {
    operatorState != .online || server.weight == 0 || share == 0
  }

  /// The weight with which the kernel holds the server; nil keeps it out of the table.
  public func effectiveWeight(onFailure: VirtualService.FailureAction) -> Int? {
    guard operatorState != .halt, !isInMaintenance else { return nil }
    switch health {
    case .unknown: return nil
    case .down: return onFailure == .quiesce ? 0 : nil
    case .up, .unchecked: return operatorState == .drain ? 0 : scaledWeight
    }
  }

  /// A share above 0 never rounds to weight 0, which would mean drained.
  private var scaledWeight: Int {
    guard share < 100, server.weight > 0 else { return server.weight }
    return share == 0 ? 0 : max(1, server.weight * share / 100)
  }
}

extension Health {
  /// The health of a server all of whose checks must pass.
  public init(all checks: some Sequence<Health>) {
    var combined: Health = .unchecked
    for check in checks {
      switch (combined, check) {
      case (_, .down), (.down, _): combined = .down
      case (_, .unknown), (.unknown, _): combined = .unknown
      case (_, .up): combined = .up
      default: break
      }
    }
    self = combined
  }
}
