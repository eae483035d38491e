import Director
import LoadBalancing
import ServiceLifecycle

/// Applies the configuration files by themselves when they change, unless `watch="no"`.
///
/// Files are taken when they have been the same for two looks, so that one that is still being written waits.
struct FileWatch<C: Clock<Duration>>: Service {
  private static var interval: Duration { .milliseconds(250) }

  let keeper: ConfigurationKeeper
  let reloader: Reloader
  let director: Director
  /// Of the files that lbd started with, before it read them.
  let first: FileFingerprints
  let clock: C

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var applied = first
      var last = applied
      while !Task.isCancelled {
        try? await clock.sleep(for: Self.interval)
        let now = await keeper.fingerprints()
        if now == last, now != applied, await director.configuration.global.watch {
          applied = now
          // Errors are told by the reloader; what runs goes on.
          _ = try? await reloader.reloadWatched()
        }
        last = now
      }
    }
  }
}
