public import LinuxSystem
public import LoadBalancing

/// Makes the checks of every kind against real servers.
public struct ServerProber: Prober {
  private let loop: EpollLoop
  private let contexts = TLSContexts()

  /// Waits for all its sockets on the given loop.
  public init(loop: EpollLoop) { self.loop = loop }

  @concurrent public func probe(_ target: CheckTarget) async -> ProbeOutcome {
    let timeout = target.timing.timeout
    switch target.probe {
    case .on: return ProbeOutcome(.passed, "always on")
    case .off: return ProbeOutcome(.failed, "always off")
    case .connect(let ports, let transport):
      return await ConnectProbe(loop: loop).probe(target.server, ports: ports, over: transport, timeout: timeout)
    case .ping: return await PingProbe(loop: loop).probe(target.server, timeout: timeout)
    case .application(let check, let port):
      return await ConversationProbe(
        check, of: target.server, port: port, timeout: timeout, loop: loop, contexts: contexts
      ).run()
    }
  }
}
