import ArgumentParser
import ControlAPI

struct EventsCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show what changed, when and why.",
    discussion: """
      One line for each: changes of health, of services' colours and of fallbacks, what operators did, reloads, \
      mends of what others changed, warnings and errors; those of earlier runs of the daemon too. With --follow and \
      --json, every event is a JSON object on a line of its own.

      Examples:
        lbctl events
        lbctl events --follow
        lbctl events --json | jq -r '.events[] | select(.kind == "operator") | .message'
      """)

  /// Between two questions.
  private static let interval = Duration.seconds(1)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Go on, and show events as they come.")
  var follow = false

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let list = try await events(after: nil, session)
    guard follow else {
      session.show(list) { display in list.events.map { EventText(event: $0).line(on: display) } }
      return .done
    }
    await follow(from: list, in: session)
    return .done
  }

  private func follow(from list: EventList, in session: Session) async {
    var (list, last, isThere) = (list, UInt64(0), true)
    while true {
      for event in list.events {
        session.showOne(event) { [EventText(event: event).line(on: $0)] }
        last = event.id
      }
      guard (try? await session.pause(Self.interval)) != nil else { return }
      do throws(CommandFailure) {
        list = try await events(after: last, session)
        // A daemon without a memory of the last event has begun to count anew.
        if list.last < last { list = try await events(after: nil, session) }
        isThere = true
      } catch {
        list = EventList(events: [], last: last)
        if isThere { session.console.error("lbctl: \(error.message)") }
        isThere = false
      }
    }
  }

  private func events(after id: UInt64?, _ session: Session) async throws(CommandFailure) -> EventList {
    try await session.ask { client throws(ControlError) in try await client.events(after: id) }
  }
}
