import ArgumentParser
import ControlAPI

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check, plan and apply the configuration.",
    subcommands: [ConfigCheckCommand.self, ConfigPlanCommand.self, ConfigReloadCommand.self])
}

struct ConfigPlanCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a reload would change; exit code 10 when something would.",
    discussion: """
      '+' is added, '~' is changed, '-' is removed. Changes that end connections say so.

      Example:
        lbctl config plan
      """)

  @OptionGroup var options: GlobalOptions

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let plan = try await session.plan()
    return plan.changes.isEmpty ? .done : .wouldChange
  }
}

struct ConfigReloadCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Read the configuration files anew and apply them.",
    discussion: """
      Files with an error are not applied, in whole or in part: what runs goes on running.

      Examples:
        lbctl config reload
        lbctl config reload --dry-run
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Change nothing, and print what would change.")
  var dryRun = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    if dryRun {
      _ = try await session.plan()
      return .done
    }
    let plan = try await session.ask { client throws(ControlError) in try await client.reloadConfiguration() }
    session.show(plan) { display in
      let changes = ChangeText(changes: plan.changes).lines(on: display)
      return changes + [changes.isEmpty ? "reloaded; nothing changed" : "reloaded"]
    }
    return .done
  }
}

extension Session {
  fileprivate func plan() async throws(CommandFailure) -> Plan {
    let plan = try await ask { client throws(ControlError) in try await client.planConfiguration() }
    show(plan) { display in
      plan.changes.isEmpty ? ["nothing would change"] : ChangeText(changes: plan.changes).lines(on: display)
    }
    return plan
  }
}
