import ArgumentParser
import ControlAPI

struct StatusCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the daemon is: version, uptime, configuration files, last error, repairs.",
    discussion: """
      Examples:
        lbctl status
        lbctl status --json | jq '.configuration.errors'
      """)

  @OptionGroup var options: GlobalOptions

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let status = try await session.ask { client throws(ControlError) in try await client.status() }
    session.show(status, StatusText(status: status).lines)
    return .done
  }
}
