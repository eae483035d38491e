import ServiceLifecycle
import UnixSignals

/// Reloads the configuration at each SIGHUP.
struct ReloadOnSignal: Service {
  let reloader: Reloader

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await _ in await UnixSignalsSequence(trapping: .sighup) {
        // Errors are told by the reloader; what runs goes on.
        _ = try? await reloader.reload(reason: "SIGHUP")
      }
    }
  }
}
