import ArgumentParser
import ControlAPI
import FoundationEssentials

struct ConnectionsCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "connections",
    abstract: "Show current connections with labels.",
    discussion: """
      A summary by service, server and state comes first, then the first \(ConnectionList.shownMax) connections, or \
      every one with --all. States are the kernel's words: SYN_RECV, ESTABLISHED, FIN_WAIT, UDP, … Templates keep \
      the clients of a service with persistence on their server; a filter by state leaves them out. Connections of \
      services that are not lbd's have no labels.

      With --json and --all, the answer has one connection a line, so that a large table can be read as it comes.

      Examples:
        lbctl connections
        lbctl connections RomexisVIP --server RomexisServer1
        lbctl connections --state SYN_RECV
        lbctl connections --client 10.10.90.50 --all
        lbctl connections --json | jq '.summary.groups[] | {service, server, states}'
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Only those of this virtual service.")
  var service: String?

  @Option(help: ArgumentHelp("Only those in this state of the kernel's.", valueName: "state"))
  var state: String?

  @Option(help: ArgumentHelp("Only those of this real server, a label or an address.", valueName: "server"))
  var server: String?

  @Option(help: ArgumentHelp("Only those of the client with this address.", valueName: "address"))
  var client: String?

  @Flag(help: "List every connection.")
  var all = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let filter = ConnectionFilter(service: service, server: server, client: client, state: state)
    if all, session.printsJSON {
      try await stream(filter, in: session) { session.console.output($0) }
      return .done
    }
    let list = try await session.ask { client throws(ControlError) in try await client.connections(filter) }
    let text = ConnectionsText(list: list)
    if all {
      for line in text.summary(on: session.display) { session.console.output(line) }
      guard list.summary.total + list.summary.templates > 0 else { return .done }
      session.console.output("")
      session.console.output(text.heading)
      try await stream(filter, in: session) { line in
        guard let connection = Self.connection(in: line) else { return }
        session.console.output(ConnectionsText.line(connection))
      }
    } else {
      session.show(list, text.lines)
    }
    return .done
  }

  private func stream(
    _ filter: ConnectionFilter, in session: Session, line: (String) -> Void
  ) async throws(CommandFailure) {
    do {
      try await session.client.streamConnections(filter, line: line)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A line of the streamed answer is a connection and perhaps a comma; the first and the last are not.
  private static func connection(in line: String) -> Connection? {
    let text = line.hasSuffix(",") ? line.dropLast() : line[...]
    return try? ControlJSON.decode(Connection.self, from: Data(text.utf8))
  }
}
