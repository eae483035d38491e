import Director
import ServiceLifecycle

/// Runs the Director until the daemon is to end; the kernel's table stays as it is then.
struct DirectorService: Service {
  let director: Director

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await director.run()
    }
  }
}
