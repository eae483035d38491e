import ArgumentParser
import LBConfiguration

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Add, change and delete health checks.",
    discussion: """
      Checks belong to a virtual service, or to one of its servers, whose own replace those of the service. They are \
      counted from 1, in the order of 'lbctl service show'.

      Examples:
        lbctl check add Web --type http --path /health
        lbctl check delete Web 1
      """,
    subcommands: [CheckAddCommand.self, CheckEditCommand.self, CheckDeleteCommand.self])
}

struct CheckAddCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a health check; all checks must pass.",
    discussion: """
      Examples:
        lbctl check add RomexisVIP --type connect --port 1099
        lbctl check add RomexisVIP RomexisServer1 --type on
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments
  @OptionGroup var add: AddArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String
  @Argument(help: "The label of the real server, for a check of its own.", completion: .servers) var server: String?

  @OptionGroup(title: "Attributes") var attributes: CheckOptions

  var isIfAbsent: Bool { add.ifAbsent }

  func configurationEdit() throws -> ConfigurationEdit {
    var change = attributes.change
    change.removed = []
    guard change.attributes["type"] != nil else { throw ValidationError("name the kind of check with --type") }
    return .addCheck(CheckHolder(service: service, server: server), change)
  }
}

struct CheckEditCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a health check.",
    discussion: """
      Only what is named changes. An empty value takes an attribute away, so that its default holds.

      Examples:
        lbctl check edit RomexisVIP 1 --port 104 --interval 2
        lbctl check edit RomexisVIP RomexisServer1 1 --timeout ''
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments
  @OptionGroup var place: CheckPlaceArguments
  @OptionGroup(title: "Attributes") var attributes: CheckOptions

  func configurationEdit() throws -> ConfigurationEdit {
    let change = attributes.change
    guard change != ElementChange() else { throw ValidationError("name at least one option to change") }
    return .editCheck(place.holder, index: try place.index, change)
  }
}

struct CheckDeleteCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a health check.",
    discussion: """
      Example:
        lbctl check delete RomexisVIP 2
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments
  @OptionGroup var place: CheckPlaceArguments

  func configurationEdit() throws -> ConfigurationEdit { .deleteCheck(place.holder, index: try place.index) }
}

/// Which check is meant: `S INDEX` or `S R INDEX`.
struct CheckPlaceArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The label of the virtual service, that of the real server for a check of its own, and the check's number.",
      valueName: "service [server] index"))
  var words: [String] = []

  func validate() throws {
    guard words.count == 2 || words.count == 3 else {
      throw ValidationError("name the virtual service, the real server for a check of its own, and the check's number")
    }
    _ = try index
  }

  var holder: CheckHolder { CheckHolder(service: words[0], server: words.count == 3 ? words[1] : nil) }

  var index: Int {
    get throws {
      guard let last = words.last, let index = Int(last), index > 0 else {
        throw ValidationError("'\(words.last ?? "")' is no number of a check; they are counted from 1")
      }
      return index
    }
  }
}
