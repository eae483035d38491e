import ArgumentParser
import LBConfiguration

struct ServiceAddCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a virtual service.",
    discussion: """
      The options are the attributes of the configuration; those of inner elements have its name in front. Unless \
      told otherwise the service gets a persistence of 300 seconds and the default health check.

      Examples:
        lbctl service add RomexisVIP --address 10.10.90.199 --ports 104,1099,50000-60000
        lbctl service add Web --address 10.0.0.1 --ports 80,443 --no-persistence
        lbctl service add PACS --address 10.0.0.2 --ports 104 --dry-run
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments
  @OptionGroup var add: AddArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String

  @OptionGroup(title: "Attributes") var attributes: ServiceOptions
  @OptionGroup(title: "Persistence") var persistence: PersistenceOptions
  @OptionGroup(title: "Health check") var check: InnerCheckOptions
  @Flag(help: "Write no health check; the default one is made all the same.") var noCheck = false
  @OptionGroup(title: "Fallback") var fallback: FallbackOptions

  var isIfAbsent: Bool { add.ifAbsent }

  func configurationEdit() throws -> ConfigurationEdit {
    var change = attributes.change
    try change.add(persistence, none: persistence.noPersistence)
    try change.add(check, none: noCheck)
    try change.add(fallback, none: fallback.noFallback)
    if !persistence.noPersistence, change.inner["persistence"]?.attributes["timeout"] == nil {
      change.inner["persistence", default: ElementChange()].attributes["timeout"] = "300"
    }
    if !noCheck, change.inner["health-check"]?.attributes["type"] == nil {
      change.inner["health-check", default: ElementChange()].attributes["type"] = defaultCheck
    }
    change.removed = []
    return .addService(service, change)
  }

  /// What servers get when nobody names another.
  private var defaultCheck: String {
    if attributes.firewallMark != nil || attributes.ports == "*" { return "ping" }
    return attributes.protocol == "udp" ? "udp" : "connect"
  }
}

struct ServiceEditCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a virtual service; it takes effect at once.",
    discussion: """
      Only what is named changes. An empty value takes an attribute away, so that its default holds. With --label \
      the operator's words about its servers go along.

      Examples:
        lbctl service edit RomexisVIP --ports 104,1099,2099,50000-60000
        lbctl service edit Web --scheduler wrr --persistence-timeout 600
        lbctl service edit Web --fallback-address 10.0.0.9
        lbctl service edit Web --label Portal --no-persistence --snat-address ''
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String

  @Option(help: ArgumentHelp("Another label.", valueName: "new")) var label: String?
  @OptionGroup(title: "Attributes") var attributes: ServiceOptions
  @OptionGroup(title: "Persistence") var persistence: PersistenceOptions
  @OptionGroup(title: "Health check, when there is one at most") var check: InnerCheckOptions
  @OptionGroup(title: "Fallback") var fallback: FallbackOptions

  func configurationEdit() throws -> ConfigurationEdit {
    var change = attributes.change
    try change.add(persistence, none: persistence.noPersistence)
    try change.add(check)
    try change.add(fallback, none: fallback.noFallback)
    change.attributes["label"] = label
    guard change != ElementChange() else { throw ValidationError("name at least one option to change") }
    return .editService(service, change)
  }
}

struct ServiceDuplicateCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicate", abstract: "Copy a virtual service with its servers under another label.",
    discussion: """
      What is different is named as with 'service edit'; address, ports or protocol must be. The operator's words \
      about the servers are not copied. What is copied and easily wrong for the new service is printed: look at it.

      Examples:
        lbctl service duplicate PACS-Store PACS-Query --ports 11113
        lbctl service duplicate Web Portal --address 10.0.0.7 --no-persistence
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments

  @Argument(help: "The label of the virtual service to copy.", completion: .services) var service: String
  @Argument(help: "The label of the copy.") var new: String

  @OptionGroup(title: "Attributes") var attributes: ServiceOptions
  @OptionGroup(title: "Persistence") var persistence: PersistenceOptions
  @OptionGroup(title: "Health check, when there is one at most") var check: InnerCheckOptions
  @OptionGroup(title: "Fallback") var fallback: FallbackOptions

  func configurationEdit() throws -> ConfigurationEdit {
    var change = attributes.change
    try change.add(persistence, none: persistence.noPersistence)
    try change.add(check)
    try change.add(fallback, none: fallback.noFallback)
    return .duplicateService(service, as: new, change)
  }
}

struct ServiceDeleteCommand: EditCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a virtual service with everything in it; its connections end.",
    discussion: """
      Examples:
        lbctl service delete Web --dry-run
        lbctl service delete Web
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions
  @OptionGroup var edit: EditArguments

  @Argument(help: "The label of the virtual service.", completion: .services) var service: String

  func configurationEdit() throws -> ConfigurationEdit { .deleteService(service) }
}
