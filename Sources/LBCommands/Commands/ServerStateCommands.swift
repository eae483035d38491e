import ArgumentParser
import ControlAPI

struct OnlineCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "online", abstract: "Take a real server in: it serves with its weight when its checks pass.",
    discussion: """
      Examples:
        lbctl online RomexisVIP RomexisServer1
        lbctl online --everywhere 10.10.90.201
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var servers: ServerSelectionArguments

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let change = try await session.setState(.online, of: servers)
    session.show(change, StateChangeText(change: change).lines)
    return .done
  }
}

struct HaltCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "halt", abstract: "Take a real server out at once; its connections end.",
    discussion: """
      The operator's word stays until 'lbctl online', over reload, restart and reboot.

      Examples:
        lbctl halt RomexisVIP RomexisServer1
        lbctl halt --everywhere RomexisServer1 --dry-run
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var servers: ServerSelectionArguments

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let change = try await session.setState(.halt, of: servers)
    session.show(change, StateChangeText(change: change).lines)
    return .done
  }
}
