import ArgumentParser
import LBConfiguration

/// A command that can do without the daemon.
protocol OfflineCommand: SessionCommand {
  var offline: OfflineOptions { get }
}

/// What edits and checks without a daemon.
struct OfflineOptions: ParsableArguments {
  static let mainFile = "/etc/lbd/lbd.xml"
  static let dropInDirectory = "/etc/lbd/conf.d"

  @Flag(help: "Edit and check the files without a daemon.")
  var offline = false

  @Option(
    help: ArgumentHelp(
      "The main configuration file, with --offline.",
      discussion: "Default: \(mainFile) with its drop-ins. A file that is named here stands alone.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("The drop-ins' directory, with --offline.", valueName: "dir"))
  var configDirectory: String?

  func validate() throws {
    guard offline || (config == nil && configDirectory == nil) else {
      throw ValidationError("--config and --config-directory go with --offline; the daemon knows its own files")
    }
  }

  var sources: ConfigurationSources {
    ConfigurationSources(
      mainFile: config ?? Self.mainFile,
      dropInDirectory: configDirectory ?? (config == nil ? Self.dropInDirectory : nil))
  }
}
