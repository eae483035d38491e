import ArgumentParser
import ControlAPI

struct SupportBundleCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "support-bundle", abstract: "Write one archive for whoever helps, without secrets.",
    discussion: """
      Holds the configuration with its passwords blotted out, the kernel's tables, addresses, routes and sysctls, the
      log and the versions. Works without a daemon too; as root it holds most.

      Examples:
        lbctl support-bundle
        lbctl support-bundle --output /root/lbd.tar.gz
        tar --list --file lbd-support-*.tar.gz
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Where to write it.", valueName: "file"))
  var output: String?

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let path = output ?? "lbd-support-\(session.now().fileName).tar.gz"
    if session.display.isTerminal { session.console.error("collecting…") }
    var items: [CollectedItem] = []
    for item in SupportItem.all { items.append(await item.collect(from: session.client)) }
    try await SupportArchive(path: path).write(items)
    let bundle = SupportBundle(
      archive: path, files: items.map(\.name),
      incomplete: items.compactMap { item in item.shortfall.map { .init(file: item.name, reason: $0) } })
    session.show(bundle) { _ in
      bundle.incomplete.map { "incomplete: \($0.file): \($0.reason)" } + [path]
    }
    return .done
  }
}

/// What `support-bundle --json` prints.
struct SupportBundle: Codable, Hashable {
  struct Incomplete: Codable, Hashable {
    let file: String
    let reason: String
  }

  let archive: String
  let files: [String]
  let incomplete: [Incomplete]
}

extension Timestamp {
  /// `20261121T101500Z`: fit for the name of a file.
  fileprivate var fileName: String { description.filter { $0 != "-" && $0 != ":" } }
}
