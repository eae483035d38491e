import ArgumentParser
import LBConfiguration
import LoadBalancing

struct ServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Add, change and delete real servers.",
    discussion: """
      Examples:
        lbctl server add Web web3 --address 10.0.0.13
        lbctl server edit Web web3 --weight 50
      """,
    subcommands: [ServerAddCommand.self, ServerEditCommand.self, ServerDeleteCommand.self])
}

struct ServerAddCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a real server; it serves as soon as its health check passes.",
    discussion: """
      Health checks of its own replace those of the service for this server.

      Examples:
        lbctl server add RomexisVIP RomexisServer2 --address 10.10.90.203
        lbctl server add Web web3 --address 10.0.0.13 --check-type on
        lbctl server add Web web3 --address 10.0.0.13 --if-absent
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments
  @OptionGroup var add: AddArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String
  @Argument(help: "The label of the real server.", completion: .servers) var server: String

  @OptionGroup(title: "Attributes") var attributes: ServerOptions
  @OptionGroup(title: "Health check of its own") var check: InnerCheckOptions

  var isIfAbsent: Bool { add.ifAbsent }

  func configurationEdit() throws -> ConfigurationEdit {
    var change = attributes.change
    try change.add(check)
    change.removed = []
    return .addServer(ServerName(service: service, server: server), change)
  }
}

struct ServerEditCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a real server; it takes effect at once.",
    discussion: """
      Only what is named changes. An empty value takes an attribute away, so that its default holds.

      Examples:
        lbctl server edit RomexisVIP RomexisServer1 --weight 50
        lbctl server edit Web web1 --label web-berlin
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String
  @Argument(help: "The label of the real server.", completion: .servers) var server: String

  @Option(help: ArgumentHelp("Another label; the operator's word goes along.", valueName: "new")) var label: String?
  @OptionGroup(title: "Attributes") var attributes: ServerOptions
  @OptionGroup(title: "Health check of its own, when there is one at most") var check: InnerCheckOptions

  func configurationEdit() throws -> ConfigurationEdit {
    var change = attributes.change
    try change.add(check)
    change.attributes["label"] = label
    guard change != ElementChange() else { throw ValidationError("name at least one option to change") }
    return .editServer(ServerName(service: service, server: server), change)
  }
}

struct ServerDeleteCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a real server from a virtual service; its connections end.",
    discussion: """
      Example:
        lbctl server delete RomexisVIP RomexisServer1
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String
  @Argument(help: "The label of the real server.", completion: .servers) var server: String

  func configurationEdit() throws -> ConfigurationEdit {
    .deleteServer(ServerName(service: service, server: server))
  }
}
