import ArgumentParser
import ControlAPI

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check, plan, apply, roll back and import the configuration.",
    discussion: """
      Examples:
        lbctl config check new.xml
        lbctl config plan
        lbctl config rollback
      """,
    subcommands: [
      ConfigCheckCommand.self, ConfigShowCommand.self, ConfigPlanCommand.self, ConfigReloadCommand.self,
      ConfigConfirmCommand.self, ConfigHistoryCommand.self, ConfigRollbackCommand.self, ConfigImportCommand.self,
    ])
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
      Files with an error are not applied, in whole or in part: what runs goes on running. With --confirm-within \
      the files of before come back unless 'lbctl config confirm' is run in time, even when lbd ends meanwhile; that \
      is for those on the far side of the link that they change. What the watch applied by itself within as many \
      seconds before goes back too; so put the change of the file and this command on one line.

      Examples:
        lbctl config reload
        lbctl config reload --dry-run
        cp new.xml /etc/lbd/lbd.xml && lbctl config reload --confirm-within 60
        lbctl config confirm
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Change nothing, and print what would change.")
  var dryRun = false

  @Option(help: ArgumentHelp("Go back by itself unless confirmed in time.", valueName: "seconds"))
  var confirmWithin: UInt64?

  func validate() throws {
    guard let confirmWithin else { return }
    guard (1...86_400).contains(confirmWithin) else {
      throw ValidationError("--confirm-within takes seconds from 1 to 86400, not \(confirmWithin)")
    }
  }

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    if dryRun {
      _ = try await session.plan()
      return .done
    }
    let plan = try await session.ask { client throws(ControlError) in
      try await client.reloadConfiguration(confirmWithin: confirmWithin)
    }
    session.show(plan) { display in
      let changes = ChangeText(changes: plan.changes).lines(on: display)
      guard !changes.isEmpty else { return ["reloaded; nothing changed"] }
      let confirm = confirmWithin.map { "; it goes back in \($0) s unless you run 'lbctl config confirm'" } ?? ""
      return changes + ["reloaded" + confirm]
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
