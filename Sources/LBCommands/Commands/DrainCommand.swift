import ArgumentParser
import ControlAPI

struct DrainCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Give a real server no new connections; established ones go on.",
    discussion: """
      The operator's word stays until 'lbctl online', over reload, restart and reboot. With --wait the command \
      ends when no connection is established any more, or with exit code 1 when the time is over before; the \
      server stays drained then.

      Examples:
        lbctl drain RomexisVIP RomexisServer1
        lbctl drain --wait 600 RomexisVIP RomexisServer1 && echo 'now it can be updated'
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var servers: ServerSelectionArguments

  @Option(help: ArgumentHelp("Wait for the connections to end.", valueName: "seconds"))
  var wait: Double?

  func validate() throws {
    guard let wait else { return }
    guard (0...604_800).contains(wait) else {
      throw ValidationError("--wait takes seconds from 0 to 604800, not \(wait)")
    }
  }

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let change = try await session.setState(.drain, of: servers)
    guard let wait, !servers.dryRun else {
      session.show(change, StateChangeText(change: change).lines)
      return .done
    }
    if !session.printsJSON { session.show(change, StateChangeText(change: change).lines) }
    let drained = try await DrainWait(session: session, servers: change.servers).run(atMost: .seconds(wait))
    if !drained.isEmpty {
      let connections = Words.count(Int(clamping: drained.reduce(0) { $0 + $1.connections }), "connection")
      throw CommandFailure(
        status: .failed, message: "\(connections) did not end in time; the server stays drained",
        details: drained.map { "\($0.name): \($0.connections)" })
    }
    if session.printsJSON { session.show(change, StateChangeText(change: change).lines) }
    return .done
  }
}

/// Waits until drained servers have no connections.
struct DrainWait {
  struct Busy {
    var name: String
    var connections: UInt64
  }

  /// Between two looks.
  static let interval = Duration.milliseconds(500)

  var session: Session
  var servers: [ServerInEffect]

  /// Returns who still has connections when the time is over; nobody when all have ended.
  func run(atMost limit: Duration) async throws(CommandFailure) -> [Busy] {
    var waited = Duration.zero
    while true {
      let busy = try await busy()
      guard !busy.isEmpty, waited < limit else { return busy }
      let step = min(Self.interval, limit - waited)
      guard (try? await session.pause(step)) != nil else { return busy }
      waited += step
    }
  }

  private func busy() async throws(CommandFailure) -> [Busy] {
    let overview = try await session.ask { client throws(ControlError) in try await client.overview() }
    return servers.compactMap { drained in
      guard let service = overview.services.first(where: { $0.label == drained.service }),
        let server = service.servers.first(where: { $0.label == drained.server })
      else { return nil }
      // The kernel counts every connection of UDP as inactive.
      let countsInactive = service.protocol?.contains("udp") ?? false
      let connections = server.connections.active + (countsInactive ? server.connections.inactive : 0)
      return connections > 0 ? Busy(name: "\(drained.service)/\(drained.server)", connections: connections) : nil
    }
  }
}
