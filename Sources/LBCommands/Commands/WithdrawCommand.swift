import ArgumentParser
import ControlAPI

struct WithdrawCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take everything that lbd made out of the kernel, until 'lbctl resume'.",
    discussion: """
      Services, marks and addresses go, and sysctls get back the values that they had. It stays so over reloads,
      restarts and reboots. Connections through the load balancer end. Without a daemon: 'lbd --withdraw'.

      Examples:
        lbctl withdraw --dry-run
        lbctl withdraw
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Print what would change, and change nothing.")
  var dryRun = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    try await session.carryOut(.withdraw, dryRun: dryRun, done: "withdrawn; 'lbctl resume' puts everything back")
  }
}

struct ResumeCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Put back what 'lbctl withdraw' took out of the kernel.",
    discussion: """
      Example:
        lbctl resume
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Print what would change, and change nothing.")
  var dryRun = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    try await session.carryOut(.resume, dryRun: dryRun, done: "resumed")
  }
}

extension Session {
  fileprivate func carryOut(
    _ withdrawal: Withdrawal, dryRun: Bool, done: String
  ) async throws(CommandFailure) -> ExitStatus {
    let plan = try await ask { client throws(ControlError) in
      try await client.carryOut(withdrawal, dryRun: dryRun)
    }
    show(plan) { _ in
      let lines = plan.changes.map { "~ \($0.message)" }
      if dryRun { return lines.isEmpty ? ["nothing would change"] : lines }
      return [lines.isEmpty ? "nothing to do" : done]
    }
    return .done
  }
}
