import ArgumentParser
import ControlAPI

/// The root of all commands.
struct Lbctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lbctl",
    abstract: "Look at the load balancer and operate it.",
    usage: "lbctl [--socket PATH] COMMAND",
    discussion: """
      Examples:
        lbctl overview
        lbctl halt RomexisVIP RomexisServer1
        lbctl drain --wait 600 RomexisVIP RomexisServer1
        lbctl online --everywhere RomexisServer1
        lbctl server edit RomexisVIP RomexisServer1 --weight 50 --dry-run
        lbctl config plan

      Completions: 'lbctl --generate-completion-script bash', zsh or fish.

      Exit codes: 0 done, 1 failed, 2 the configuration has errors, 3 no such service or server, \
      4 exists already, 5 no permission, 6 the daemon is not there, 10 'config plan': something would \
      change, 'diagnose': something was found, 64 wrong usage.
      """,
    version: "lbctl \(ProgramVersion.current)",
    subcommands: [
      OverviewCommand.self, StatusCommand.self, ServiceCommand.self, ServerCommand.self, CheckCommand.self,
      OnlineCommand.self, DrainCommand.self, HaltCommand.self, FloatingIPCommand.self, ConfigCommand.self,
      ConnectionsCommand.self, DiagnoseCommand.self, EventsCommand.self, WithdrawCommand.self, ResumeCommand.self,
      SupportBundleCommand.self,
    ])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
}

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's control socket.",
      discussion: "Default: the environment variable LBD_SOCKET, else \(ControlClient.defaultSocketPath).",
      valueName: "path"))
  var socket: String?

  @Flag(help: "Print JSON, the same as the API's.")
  var json = false
}

/// A command that does something, in a session.
protocol SessionCommand: ParsableCommand {
  var options: GlobalOptions { get }
  func run(in session: Session) async throws(CommandFailure) -> ExitStatus
}
