import ControlAPI
import FoundationEssentials

/// What a command works with.
struct Session: Sendable {
  var client: ControlClient
  var display: Display
  var console: Console
  /// Print the API's JSON instead of text for people.
  var printsJSON: Bool
  var now: @Sendable () -> Timestamp
  /// Throws when the command shall end.
  var pause: @Sendable (Duration) async throws -> Void
}

extension Session {
  func ask<Answer>(
    _ question: (ControlClient) async throws(ControlError) -> Answer
  ) async throws(CommandFailure) -> Answer {
    do {
      return try await question(client)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Prints an answer: its JSON, or the lines of its text.
  func show(_ answer: some Encodable, _ lines: (Display) -> [String]) {
    if printsJSON {
      console.output(Self.text(try? ControlJSON.pretty(answer)))
    } else {
      for line in lines(display) { console.output(line) }
    }
  }

  /// One of many answers: its JSON on one line, or the lines of its text.
  func showOne(_ answer: some Encodable, _ lines: (Display) -> [String]) {
    if printsJSON {
      console.output(Self.text(try? ControlJSON.compact(answer)))
    } else {
      for line in lines(display) { console.output(line) }
    }
  }

  func report(_ failure: CommandFailure) {
    for detail in failure.details { console.error(detail) }
    console.error("lbctl: \(failure.message)")
    if printsJSON { console.output(Self.text(try? ControlJSON.pretty(failure.body))) }
  }

  private static func text(_ json: Data?) -> String {
    json.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
