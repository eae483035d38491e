public import CheckPrograms
public import LinuxSystem
public import LoadBalancing

/// Makes the checks of every kind against real servers.
public struct ServerProber: Prober {
  private let loop: EpollLoop
  private let contexts = TLSContexts()
  private let routes: CheckRoutes
  private let helper: ProgramHelper?

  /// - Parameters:
  ///   - loop: where all sockets are waited for.
  ///   - routes: the ways that are ready for checks through virtual addresses.
  ///   - helper: runs the programs of external checks.
  public init(loop: EpollLoop, routes: CheckRoutes = CheckRoutes(), helper: ProgramHelper? = nil) {
    self.loop = loop
    self.routes = routes
    self.helper = helper
  }

  @concurrent public func probe(_ target: CheckTarget) async -> ProbeOutcome {
    switch target.path {
    case .server: return await probe(target, at: CheckDestination(server: target.server))
    case .virtual(let address, let relay):
      switch routes.state(of: relay) {
      case .missing(let reason): return .inconclusive("not checked: \(reason)")
      case .ready(let route):
        let destination = CheckDestination(virtual: address, by: relay, over: route)
        return destination.explain(await probe(target, at: destination))
      }
    }
  }

  private func probe(_ target: CheckTarget, at destination: CheckDestination) async -> ProbeOutcome {
    let timeout = target.timing.timeout
    switch target.probe {
    case .on: return ProbeOutcome(.passed, "always on")
    case .off: return ProbeOutcome(.failed, "always off")
    case .connect(let ports, let transport):
      return await ConnectProbe(loop: loop).probe(destination, ports: ports, over: transport, timeout: timeout)
    case .ping: return await PingProbe(loop: loop).probe(target.server, timeout: timeout)
    case .application(let check, let port):
      let probe = ConversationProbe(
        check, of: target.server, at: destination, port: port, timeout: timeout, loop: loop, contexts: contexts)
      return await Self.besideOthers { await probe.run() }
    case .agent(let send, let port):
      return await AgentProbe(loop: loop).probe(destination, send: send, port: port, timeout: timeout)
    case .external(let check):
      guard let helper else { return .inconclusive("not checked: there is no helper to run programs") }
      return await Self.besideOthers {
        await ExternalProbe(loop: loop, helper: helper).probe(check, timeout: timeout)
      }
    }
  }

  /// Where secrets, signatures and regular expressions may take their time without delaying the checks of other servers.
  private static func besideOthers(_ probe: @concurrent @Sendable () async -> ProbeOutcome) async -> ProbeOutcome {
    await withTaskExecutorPreference(globalConcurrentExecutor) { await probe() }
  }
}
