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

  public func begin(
    _ target: CheckTarget, then: @escaping @Sendable (ProbeOutcome?) -> Void
  ) -> (any RunningCheck)? {
    switch target.path {
    case .server: return begin(target, at: CheckDestination(server: target.server), then: then)
    case .virtual(let address, let relay):
      switch routes.state(of: relay) {
      case .missing(let reason):
        then(.inconclusive("not checked: \(reason)"))
        return nil
      case .ready(let route):
        let destination = CheckDestination(virtual: address, by: relay, over: route)
        return begin(target, at: destination) { then($0.map(destination.explain)) }
      }
    }
  }

  private func begin(
    _ target: CheckTarget, at destination: CheckDestination, then: @escaping @Sendable (ProbeOutcome?) -> Void
  ) -> (any RunningCheck)? {
    let timeout = target.timing.timeout
    switch target.probe {
    case .on:
      then(ProbeOutcome(.passed, "always on"))
      return nil
    case .off:
      then(ProbeOutcome(.failed, "always off"))
      return nil
    case .connect(let ports, let transport):
      return ConnectCheck(of: destination, ports: ports, over: transport, timeout: timeout, loop: loop, then: then)
    case .ping:
      return task(on: loop, then) { [loop] in await PingProbe(loop: loop).probe(target.server, timeout: timeout) }
    case .application(let check, let port):
      let probe = ConversationProbe(
        check, of: target.server, at: destination, port: port, timeout: timeout, loop: loop, contexts: contexts)
      return task(on: globalConcurrentExecutor, then) { await probe.run() }
    case .agent(let send, let port):
      return task(on: loop, then) { [loop] in
        await AgentProbe(loop: loop).probe(destination, send: send, port: port, timeout: timeout)
      }
    case .external(let check):
      guard let helper else {
        then(.inconclusive("not checked: there is no helper to run programs"))
        return nil
      }
      return task(on: globalConcurrentExecutor, then) { [loop] in
        await ExternalProbe(loop: loop, helper: helper).probe(check, timeout: timeout)
      }
    }
  }

  /// - Parameter executor: the loop for what does little but wait; the global one for secrets, signatures and regular
  ///   expressions, which may take their time without delaying the checks of other servers.
  private func task(
    on executor: any TaskExecutor, _ then: @escaping @Sendable (ProbeOutcome?) -> Void,
    _ probe: @concurrent @escaping @Sendable () async -> ProbeOutcome
  ) -> any RunningCheck {
    TaskCheck(
      task: Task(executorPreference: executor) { @concurrent in
        let outcome = Task.isCancelled ? nil : await probe()
        then(Task.isCancelled ? nil : outcome)
      })
  }
}

/// A check that is a task.
private final class TaskCheck: RunningCheck {
  private let task: Task<Void, Never>

  init(task: Task<Void, Never>) { self.task = task }

  func cancel() { task.cancel() }
}
