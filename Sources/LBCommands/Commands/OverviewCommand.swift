import ArgumentParser
import ControlAPI

struct OverviewCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "overview",
    abstract: "Show the system at a glance: services, servers, colours, connections.",
    discussion: """
      Services are green when all is well, yellow when an online server is down or not yet known, red when \
      nothing that is online can serve, blue when they are out of service by configuration or by operators. \
      The weight column shows 'drain' and 'halt' where an operator said so.

      With --watch, what the kernel counts a second is shown too: new connections, bytes from and to clients (with \
      dr and tun, answers do not come by). Where the terminal is narrow, messages are cut and columns left out.

      Examples:
        lbctl overview
        lbctl overview --watch 2
        lbctl overview --sort status
        lbctl overview --json | jq -r '.services[] | "\\(.label) \\(.status)"'
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Show it anew all the time.", valueName: "seconds"))
  var watch: Double?

  @Option(
    help: ArgumentHelp(
      "The order of services and servers: as in the files, by label, or what is worst first.",
      valueName: "file|label|status"))
  var sort = OverviewOrder.file

  func validate() throws {
    if let watch, !(0.1...86_400).contains(watch) {
      throw ValidationError("--watch takes seconds from 0.1 to 86400, not \(watch)")
    }
  }

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    guard let watch else {
      let overview = try await session.ask(ask).sorted(by: sort)
      session.show(overview) { OverviewText(overview: overview, now: session.now()).lines(on: $0) }
      return .done
    }
    let screen = Screen(session: session)
    var hasBegun = false
    repeat {
      do throws(CommandFailure) {
        let overview = try await session.ask(ask).sorted(by: sort)
        hasBegun = true
        screen.show(overview) { OverviewText(overview: overview, now: session.now(), showsBytes: true).lines(on: $0) }
      } catch {
        // Only a daemon that was there and is being restarted comes back.
        guard hasBegun else { throw error }
        screen.show(error.body) { [$0.paint("lbctl: \(error.message)", .red)] }
      }
    } while (try? await session.pause(.seconds(watch))) != nil
    return .done
  }

  private func ask(_ client: ControlClient) async throws(ControlError) -> Overview { try await client.overview() }
}
