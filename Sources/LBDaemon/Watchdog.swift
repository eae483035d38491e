import Director
import LinuxSystem
import ServiceLifecycle

/// Tells systemd that lbd is alive, as often as its unit's `WatchdogSec` wants to hear it, and only while the Director
/// really turns round: whoever hangs is restarted.
struct Watchdog<C: Clock<Duration>>: Service {
  let interval: Duration
  let clock: C
  /// Returns when the Director has gone once down its road to the kernel.
  let turnRound: @Sendable () async -> Void
  let feed: @Sendable () -> Void

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await turnRound()
        feed()
        // Twice as often as is asked for, sd_watchdog_enabled(3).
        try? await clock.sleep(for: interval / 2)
      }
    }
  }
}
