public import LinuxSystem
public import LoadBalancing

/// Makes the checks of every kind against real servers.
public struct ServerProber: Prober {
  private let connect: ConnectProbe

  /// Waits for all its sockets on the given loop.
  public init(loop: EpollLoop) {
    connect = ConnectProbe(loop: loop)
  }

  @concurrent public func probe(_ target: CheckTarget) async -> ProbeOutcome {
    switch target.probe {
    case .on: ProbeOutcome(.passed, "always on")
    case .off: ProbeOutcome(.failed, "always off")
    case .connect(let ports): await connect.probe(target.server, ports: ports, timeout: target.timing.timeout)
    }
  }
}
