import HealthChecks
import LoadBalancing

extension Director {
  /// Has the monitor watch what the model wants; those through virtual addresses once their way is known.
  ///
  /// One call at a time reaches the monitor, each with the newest model.
  func watch() async {
    // What the kernel holds tells with which health checks begin.
    guard course.observed != nil else { return }
    mustWatch = true
    guard !isWatching else { return }
    isWatching = true
    while mustWatch {
      mustWatch = false
      let routes = checkRoutes.current
      let targets = course.model.targets.filter { target in target.relay.map { routes[$0] != nil } ?? true }
      await monitor.watch(targets, initially: course.model.health, agents: course.model.agentReports)
    }
    isWatching = false
  }

  /// Tells the prober which ways through virtual addresses the kernel holds now.
  func prepareChecks() async {
    guard let observed = course.observed else { return }
    let before = checkRoutes.current
    let routes = course.model.checkRoutes(given: observed)
    guard routes != before else { return }
    checkRoutes.replace(with: routes)
    if Set(routes.keys) != Set(before.keys) { await watch() }
    for target in course.model.targets {
      guard let relay = target.relay, case .missing? = before[relay], case .ready? = routes[relay] else { continue }
      await monitor.checkNow(target)
    }
  }
}
