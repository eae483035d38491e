/// A clock of any kind as time since an origin.
struct Timekeeper: Sendable {
  let now: @Sendable () -> Duration
  /// Throws when the task is cancelled.
  let sleep: @Sendable (_ until: Duration) async throws -> Void

  init<SomeClock: Clock>(_ clock: SomeClock) where SomeClock.Duration == Duration {
    let origin = clock.now
    now = { origin.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
  }
}
