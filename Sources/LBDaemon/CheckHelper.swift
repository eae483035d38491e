import CheckPrograms
import Director
import Glibc
import ServiceLifecycle
import Subprocess
import SystemPackage

/// Starts `lbd-checks`, this very program under another name, for an lbd that root started by hand: when a check or a
/// notification first needs it, and again when it has died.
///
/// Where somebody else runs the helper, lbd finds it at its socket, and this has nothing to do.
struct CheckHelper: Sendable {
  private static let user = "nobody"
  private static let pause = Duration.seconds(1)

  /// The helper as checks need it.
  let asked: ProgramHelper
  private let requests: AsyncStream<Void>

  init(socketPath: String) {
    let (requests, request) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.requests = requests
    let start: @Sendable () -> Void = { request.yield() }
    asked = ProgramHelper(socketPath: socketPath, start: geteuid() == 0 ? start : nil)
  }

  /// Serves requests until the task is cancelled; the helper ends with it.
  ///
  /// - Parameter tell: is told how a helper ended, each way once in a row.
  func run(tell: @Sendable (String) async -> Void) async {
    var told: String?
    for await _ in requests {
      let end = await runOnce()
      guard !Task.isCancelled else { return }
      if end != told { await tell(end) }
      told = end
      try? await Task.sleep(for: Self.pause)
    }
  }

  /// How the helper ended, in words.
  private func runOnce() async -> String {
    let program = Self.ownProgram
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    do {
      let result = try await Subprocess.run(
        .path(FilePath(program)),
        arguments: Arguments(
          executablePathOverride: "lbd-checks",
          remainingValues: ["--socket", asked.socketPath, "--user", Self.user, "--until-input-ends"]),
        workingDirectory: "/", platformOptions: options, input: .inputWriter, output: .sequence,
        error: .currentStandardError
      ) { helper in
        // It says nothing; what ends is the helper.
        for try await _ in helper.standardOutput {}
      }
      return "the helper lbd-checks (\(program)) ended (\(result.terminationStatus)); checks start it again"
    } catch {
      return "the helper lbd-checks (\(program)) cannot be started: \(error)"
    }
  }

  private static let ownProgram: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}

struct CheckHelperService: Service {
  let helper: CheckHelper
  let director: Director

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await helper.run { await director.note(.warning, .warning, $0) }
    }
  }
}
