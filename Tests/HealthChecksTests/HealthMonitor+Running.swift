import HealthChecks

extension HealthMonitor {
  /// Runs the monitor beside the body and ends it then.
  nonisolated func running(_ body: () async -> Void) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.run() }
      await body()
      group.cancelAll()
    }
  }
}
