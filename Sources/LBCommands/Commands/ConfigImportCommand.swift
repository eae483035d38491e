import ArgumentParser
import ControlAPI
import LBConfiguration
import LinuxSystem

struct ConfigImportCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Print another program's configuration as one of lbd's.",
    discussion: """
      What has no equivalent stands as a comment where it would be. Names are not looked up, and no other file is \
      read. Nothing is applied: look at the result, then copy it to /etc/lbd/conf.d.

      Examples:
        lbctl config import keepalived /etc/keepalived/keepalived.conf > imported.xml
        lbctl config import ldirectord /etc/ha.d/ldirectord.cf
        ipvsadm -S -n | lbctl config import ipvsadm /dev/stdin
      """)

  private static let fileBytesMax = 16 << 20

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: "ldirectord, keepalived or ipvsadm.",
    completion: .list(ConfigurationImport.Kind.allCases.map(\.rawValue)), transform: Self.kind)
  var kind: ConfigurationImport.Kind
  @Argument(help: "The other program's file.", completion: .file()) var file: String

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let imported = try read()
    let notes = imported.notes.map { ImportedConfiguration.Note(line: $0.line, message: $0.message) }
    session.show(ImportedConfiguration(configuration: imported.text, notes: notes)) { _ in
      [imported.text.hasSuffix("\n") ? String(imported.text.dropLast()) : imported.text]
    }
    if !notes.isEmpty, !session.printsJSON {
      session.console.error("lbctl: \(Words.count(notes.count, "thing")) without equivalent; see the comments")
    }
    return .done
  }

  private static func kind(_ text: String) throws -> ConfigurationImport.Kind {
    guard let kind = ConfigurationImport.Kind(rawValue: text) else {
      let known = ConfigurationImport.Kind.allCases.map(\.rawValue)
      let guess = NearestName.find(text, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError("'\(text)' is no kind that can be imported: \(known.joined(separator: ", "))\(guess)")
    }
    return kind
  }

  /// Blocks while it reads; nothing else runs in this process.
  private func read() throws(CommandFailure) -> ConfigurationImport {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try BoundedFile.read(file, bytesMax: Self.fileBytesMax)
    } catch {
      throw CommandFailure(status: .failed, message: "\(error)")
    }
    do throws(ConfigurationErrors) {
      return try ConfigurationImport(bytes, kind: kind, file: file)
    } catch {
      throw CommandFailure(
        status: .configurationErrors, message: "\(file) is no configuration of \(kind.rawValue)",
        details: error.problems.map(\.description), code: .configurationErrors)
    }
  }
}
