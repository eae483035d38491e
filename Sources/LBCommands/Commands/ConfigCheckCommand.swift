import ArgumentParser
import ControlAPI
import LBConfiguration
import LinuxSystem
import LoadBalancing

struct ConfigCheckCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check configuration files; exit code 2 when they have errors.",
    discussion: """
      Files that are named are taken as the whole configuration, in this order, and no daemon is needed. \
      Without any, the daemon checks its own files.

      Examples:
        lbctl config check
        lbctl config check new.xml
        lbctl config check --as-drop-in new.xml
      """)

  /// As much as the daemon takes.
  private static let mebibytesMax = 16

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The files of the configuration.")
  var files: [String] = []

  @Flag(help: "Add the files to those in place, as drop-ins; one of the same name takes the other's place.")
  var asDropIn = false

  func validate() throws {
    if asDropIn && files.isEmpty { throw ValidationError("--as-drop-in needs a file") }
  }

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let check =
      files.isEmpty
      ? try await session.ask { client throws(ControlError) in try await client.checkConfiguration() }
      : Self.check(files, asDropIns: asDropIn)
    session.show(check, ConfigurationCheckText(check: check).lines)
    return check.valid ? .done : .configurationErrors
  }

  /// Blocks while it reads; nothing else runs in this process.
  static func check(_ paths: [String], asDropIns: Bool = false) -> ConfigurationCheck {
    var sources: [SourceFile] = []
    var unreadable: [ControlAPI.ConfigurationProblem] = []
    for path in paths {
      do throws(SystemError) {
        sources.append(SourceFile(path: path, bytes: try BoundedFile.read(path, bytesMax: mebibytesMax << 20)))
      } catch {
        let limit = error.name == "EFBIG" ? "; at most \(mebibytesMax) MiB are allowed" : ""
        unreadable.append(.init(file: path, line: 0, message: "\(error)\(limit)"))
      }
    }
    let inPlace = ConfigurationSources(
      mainFile: OfflineOptions.mainFile, dropInDirectory: OfflineOptions.dropInDirectory)
    let result =
      asDropIns
      ? ConfigurationLoader.load(inPlace, addingDropIns: sources) : ConfigurationLoader.load(files: sources)
    switch result {
    case .success(let loaded) where unreadable.isEmpty:
      return ConfigurationCheck(files: paths, services: loaded.loadBalancer.virtualServices.count)
    case .success:
      return ConfigurationCheck(files: paths, errors: unreadable)
    case .failure(let errors):
      let problems = errors.problems.map {
        ControlAPI.ConfigurationProblem(file: $0.file, line: $0.line ?? 0, message: $0.message)
      }
      return ConfigurationCheck(files: paths, errors: unreadable + problems)
    }
  }
}
