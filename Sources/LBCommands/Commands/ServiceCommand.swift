import ArgumentParser
import ControlAPI

struct ServiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service", abstract: "Look at and edit virtual services.",
    discussion: """
      Examples:
        lbctl service list
        lbctl service edit Web --scheduler wrr --dry-run
      """,
    subcommands: [
      ServiceListCommand.self, ServiceShowCommand.self, ServiceAddCommand.self, ServiceEditCommand.self,
      ServiceDuplicateCommand.self, ServiceDeleteCommand.self,
    ])
}

struct ServiceListCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the virtual services in a line each.",
    discussion: """
      Example:
        lbctl service list
      """)

  @OptionGroup var options: GlobalOptions

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let list = try await session.ask { client throws(ControlError) in try await client.services() }
    session.show(list, ServiceListText(list: list).lines)
    return .done
  }
}

struct ServiceShowCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one virtual service with its settings and servers.",
    discussion: """
      Example:
        lbctl service show RomexisVIP
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The label of the virtual service.", completion: .services)
  var service: String

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let detail = try await session.ask { client throws(ControlError) in try await client.service(service) }
    session.show(detail, ServiceText(service: detail, now: session.now()).lines)
    return .done
  }
}
