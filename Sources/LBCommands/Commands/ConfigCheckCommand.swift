import ArgumentParser
import ControlAPI
import LBConfiguration
import LinuxSystem
import LoadBalancing

struct ConfigCheckCommand: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check configuration files; exit code 2 when they have errors.",
    discussion: """
      Files that are named are taken as the whole configuration, in this order, and no daemon is needed. \
      Without any, the daemon checks its own files, or lbctl those in place with --offline.

      Examples:
        lbctl config check
        lbctl config check new.xml
        lbctl config check --as-drop-in new.xml
        lbctl config check --offline
      """)

  /// As much as the daemon takes.
  private static let mebibytesMax = 16

  @OptionGroup var options: GlobalOptions
  @OptionGroup var offline: OfflineOptions

  @Argument(help: "The files of the configuration.")
  var files: [String] = []

  @Flag(help: "Add the files to those in place, as drop-ins; one of the same name takes the other's place.")
  var asDropIn = false

  func validate() throws {
    if asDropIn && files.isEmpty { throw ValidationError("--as-drop-in needs a file") }
  }

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let check: ConfigurationCheck
    if !files.isEmpty {
      check = Self.check(files, addedTo: asDropIn ? offline.sources : nil)
    } else if offline.offline {
      check = Self.check(offline.sources)
    } else {
      check = try await session.ask { client throws(ControlError) in try await client.checkConfiguration() }
    }
    session.show(check, ConfigurationCheckText(check: check).lines)
    return check.valid ? .done : .configurationErrors
  }

  /// Checks the files in place. Blocks while it reads; nothing else runs in this process.
  private static func check(_ sources: ConfigurationSources) -> ConfigurationCheck {
    let result = ConfigurationLoader.load(sources)
    guard case .success(let loaded) = result else { return ConfigurationCheck(result, of: sources.paths().paths) }
    guard loaded.isMissing else { return ConfigurationCheck(result, of: loaded.files.map(\.path)) }
    let path = sources.mainFile ?? ""
    return ConfigurationCheck(
      files: [path], errors: [.init(file: path, line: 0, message: "there is neither this file nor a drop-in")])
  }

  /// Checks files of which nobody knows yet; blocks like the other.
  ///
  /// - Parameter sources: those in place, when the files are to be drop-ins there; nil when they stand alone.
  static func check(_ paths: [String], addedTo sources: ConfigurationSources? = nil) -> ConfigurationCheck {
    var files: [SourceFile] = []
    var unreadable: [ControlAPI.ConfigurationProblem] = []
    for path in paths {
      do throws(SystemError) {
        files.append(SourceFile(path: path, bytes: try BoundedFile.read(path, bytesMax: mebibytesMax << 20)))
      } catch {
        let limit = error.name == "EFBIG" ? "; at most \(mebibytesMax) MiB are allowed" : ""
        unreadable.append(.init(file: path, line: 0, message: "\(error)\(limit)"))
      }
    }
    let result =
      sources.map { ConfigurationLoader.load($0, addingDropIns: files) } ?? ConfigurationLoader.load(files: files)
    return ConfigurationCheck(result, of: paths, unreadable: unreadable)
  }
}

extension ConfigurationCheck {
  fileprivate init(
    _ result: Result<LoadedConfiguration, ConfigurationErrors>, of paths: [String],
    unreadable: [ControlAPI.ConfigurationProblem] = []
  ) {
    switch result {
    case .success(let loaded) where unreadable.isEmpty:
      self.init(files: paths, services: loaded.loadBalancer.virtualServices.count)
    case .success:
      self.init(files: paths, errors: unreadable)
    case .failure(let errors):
      let problems = errors.problems.map {
        ControlAPI.ConfigurationProblem(file: $0.file, line: $0.line ?? 0, message: $0.message)
      }
      self.init(files: paths, errors: unreadable + problems)
    }
  }
}
