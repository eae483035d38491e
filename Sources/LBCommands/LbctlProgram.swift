import ArgumentParser
import ControlAPI
import FoundationEssentials
import NIOCore

/// The program `lbctl`, apart from the process that it runs in.
public struct LbctlProgram: Sendable {
  public var environment: [String: String]
  public var display: Display
  public var console: Console
  /// For one request to the daemon.
  public var timeLimit: Duration
  var now: @Sendable () -> Timestamp
  var pause: @Sendable (Duration) async throws -> Void

  public init(environment: [String: String], display: Display, console: Console, timeLimit: Duration = .seconds(60)) {
    self.environment = environment
    self.display = display
    self.console = console
    self.timeLimit = timeLimit
    now = { .now }
    pause = { try await Task.sleep(for: $0) }
  }

  /// The program as this process runs it: returns its exit code.
  public static func main() async -> Int32 {
    // A request at a time needs no thread for each processor.
    NIOSingletons.groupLoopCountSuggestion = 1
    let environment = ProcessInfo.processInfo.environment
    let program = LbctlProgram(
      environment: environment, display: .standardOutput(environment: environment), console: .process)
    return await program.run(Array(CommandLine.arguments.dropFirst()))
  }

  /// Runs one command line, without the program's name, and returns the exit code.
  public func run(_ arguments: [String]) async -> Int32 {
    do {
      var command = try Lbctl.parseAsRoot(arguments)
      guard let command = command as? any SessionCommand else {
        // Commands of commands print their help.
        try command.run()
        return ExitStatus.done.rawValue
      }
      if arguments.contains("--offline"), !(command is any OfflineCommand) {
        throw ValidationError("--offline goes with commands that edit or check the configuration")
      }
      return await run(command).rawValue
    } catch {
      let code = Lbctl.exitCode(for: error)
      let message = Lbctl.fullMessage(for: error, columns: display.width)
      if !message.isEmpty { code.isSuccess ? console.output(message) : console.error(message) }
      return code.rawValue
    }
  }

  private func run(_ command: some SessionCommand) async -> ExitStatus {
    let session = session(command.options)
    do {
      return try await command.run(in: session)
    } catch {
      session.report(error)
      return error.status
    }
  }

  private func session(_ options: GlobalOptions) -> Session {
    let socket = options.socket ?? environment["LBD_SOCKET"] ?? ControlClient.defaultSocketPath
    return Session(
      client: ControlClient(socketPath: socket, timeLimit: timeLimit), display: display, console: console,
      printsJSON: options.json, now: now, pause: pause)
  }
}
