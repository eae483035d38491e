import ArgumentParser
import FoundationEssentials
import Testing

@testable import LBCommands

/// The page lbctl(8) tells what the program tells of itself; `Scripts/manual` writes it.
@Suite struct ManualPageTests {
  private let page: String

  init() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let data = try Data(contentsOf: URL(filePath: "/\(root)/Config/man/lbctl.8"))
    page = String(decoding: data, as: UTF8.self)
  }

  private func escaped(_ text: String) -> String { text.replacing("-", with: "\\-").replacing("'", with: "\\(aq") }

  @Test func everyCommandStandsThere() { expect(Lbctl.self, "lbctl") }

  private func expect(_ command: any ParsableCommand.Type, _ path: String) {
    for subcommand in command.configuration.subcommands {
      let path = "\(path) \(subcommand._commandName)"
      let heading = ".SS \"\(escaped(path))\"\n.PP\n\(escaped(subcommand.configuration.abstract))\n"
      #expect(page.contains(heading), "\(path): run Scripts/manual")
      expect(subcommand, path)
    }
  }

  @Test func everyAttributeIsAnOption() {
    for name in ServiceOptions.names + ServerOptions.names + CheckOptions.names + InnerCheckOptions.names {
      #expect(page.contains("\\fB\(escaped("--\(name)"))\\fR"), "\(name): run Scripts/manual")
    }
  }
}
