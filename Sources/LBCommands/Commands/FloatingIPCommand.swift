import ArgumentParser
import ControlAPI
import LBConfiguration

struct FloatingIPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "floating-ip", abstract: "Look at and edit addresses that are not a virtual service's.",
    discussion: """
      Examples:
        lbctl floating-ip list
        lbctl floating-ip add 192.168.100.254/24 --interface eth0
      """,
    subcommands: [FloatingIPListCommand.self, FloatingIPAddCommand.self, FloatingIPDeleteCommand.self])
}

struct FloatingIPListCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the floating IPs.",
    discussion: """
      Example:
        lbctl floating-ip list
      """)

  @OptionGroup var options: GlobalOptions

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let list = try await session.ask { client throws(ControlError) in try await client.floatingIPs() }
    session.show(list, FloatingIPListText(list: list).lines)
    return .done
  }
}

struct FloatingIPAddCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a floating IP.",
    discussion: """
      Example:
        lbctl floating-ip add 192.168.100.254/24 --interface eth0
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments
  @OptionGroup var add: AddArguments

  @Argument(help: "The address, with or without prefix length.") var address: String
  @Option(help: .attribute("interface", of: "floating-ip")) var interface: String?

  var isIfAbsent: Bool { add.ifAbsent }

  func configurationEdit() throws -> ConfigurationEdit {
    .addFloatingIP(address, ElementChange(attributes: interface.map { ["interface": $0] } ?? [:]))
  }
}

struct FloatingIPDeleteCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a floating IP.",
    discussion: """
      Example:
        lbctl floating-ip delete 192.168.100.254
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments

  @Argument(help: "The address.") var address: String

  func configurationEdit() throws -> ConfigurationEdit { .deleteFloatingIP(address) }
}
