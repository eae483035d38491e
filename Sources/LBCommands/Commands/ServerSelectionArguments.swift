import ArgumentParser
import ControlAPI

/// Which server is meant: `S R`, or `--everywhere R`.
struct ServerSelectionArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The labels of the virtual service and of the real server.", valueName: "service server"))
  var labels: [String] = []

  @Option(
    help: ArgumentHelp("A real server in every service that has it, by its label or address.", valueName: "server"))
  var everywhere: String?

  @Flag(help: "Change nothing, and print what would change.")
  var dryRun = false

  func validate() throws {
    if everywhere != nil && !labels.isEmpty {
      throw ValidationError("--everywhere takes the place of the labels of service and server")
    }
    if everywhere == nil && labels.count != 2 {
      throw ValidationError("name the virtual service and the real server, or use --everywhere SERVER")
    }
  }

  var selection: ServerSelection {
    if let everywhere { .everywhere(everywhere) } else { .one(service: labels[0], server: labels[1]) }
  }
}

extension Session {
  /// Says the operator's word and shows what came of it.
  func setState(
    _ state: ServerState, of arguments: ServerSelectionArguments
  ) async throws(CommandFailure) -> StateChange {
    try await ask { client throws(ControlError) in
      try await client.setState(state, of: arguments.selection, dryRun: arguments.dryRun)
    }
  }
}
