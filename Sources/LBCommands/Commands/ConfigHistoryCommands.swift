import ArgumentParser
import ControlAPI

struct ConfigShowCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the configuration that runs, and the file that each part comes from.",
    discussion: """
      Passwords of health checks are blotted out.

      Example:
        lbctl config show
      """)

  @OptionGroup var options: GlobalOptions

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let running = try await session.ask { client throws(ControlError) in try await client.configuration() }
    session.show(running, RunningConfigurationText(running: running).lines)
    return .done
  }
}

struct ConfigHistoryCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the configurations that were applied last, newest first.",
    discussion: """
      Example:
        lbctl config history
      """)

  @OptionGroup var options: GlobalOptions

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let history = try await session.ask { client throws(ControlError) in try await client.configurationHistory() }
    session.show(history, ConfigurationHistoryText(history: history).lines)
    return .done
  }
}

struct ConfigRollbackCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Restore all files of an earlier configuration and apply them.",
    discussion: """
      Drop-ins that came since are kept beside, with '.rolled-back' behind their names, and are not read.

      Examples:
        lbctl config rollback --dry-run
        lbctl config rollback
        lbctl config rollback 3
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "How many configurations ago, as 'config history' counts them.")
  var back: UInt64 = 1

  @Flag(help: "Change nothing, and print what would change.")
  var dryRun = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let plan = try await session.ask { client throws(ControlError) in
      try await client.rollbackConfiguration(back: back, dryRun: dryRun)
    }
    session.show(plan) { display in
      let changes = ChangeText(changes: plan.changes).lines(on: display)
      if dryRun { return changes.isEmpty ? ["nothing would change"] : changes }
      return changes + ["rolled back"]
    }
    return .done
  }
}

struct ConfigConfirmCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", abstract: "Keep what 'config reload --confirm-within' applied.",
    discussion: """
      Example:
        lbctl config reload --confirm-within 60 && lbctl config confirm
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Change nothing, and tell whether something waits for confirmation.")
  var dryRun = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let plan = try await session.ask { client throws(ControlError) in
      try await client.confirmConfiguration(dryRun: dryRun)
    }
    session.show(plan) { _ in [dryRun ? "would be confirmed" : "confirmed"] }
    return .done
  }
}
