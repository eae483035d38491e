import ControlAPI
import Testing

@testable import LBCommands

@Suite struct ExitStatusTests {
  @Test(arguments: [
    (ControlError.notRunning(socket: "s", reason: "r"), 6), (.notPermitted(socket: "s", reason: "r"), 5),
    (.unreachable(socket: "s", reason: "r"), 1), (.timedOut(socket: "s", limit: .seconds(1)), 1),
    (.cutOff(socket: "s"), 1), (.malformedAnswer(socket: "s", reason: "r"), 1),
    (.answerTooLarge(socket: "s", bytesMax: 1), 1),
    (.refused(.noSuchService("a", among: [])), 3), (.refused(.noSuchServer("a", in: "b", among: [])), 3),
    (.refused(.init(status: 404, code: .noSuchPath, message: "")), 1),
    (.refused(.init(status: 409, code: .existsAlready, message: "")), 4),
    (.refused(.init(status: 403, code: .notPermitted, message: "")), 5),
    (.refused(.configurationErrors([])), 2), (.refused(.failed("")), 1),
    (.refused(.init(status: 503, code: .unavailable, message: "")), 1),
  ])
  func errors(error: ControlError, code: Int) {
    #expect(Int(ExitStatus(error).rawValue) == code)
  }

  @Test func whoeverIsNotThereIsToldHowToStartIt() {
    let error = ControlError.notRunning(socket: "/run/lbd/control.sock", reason: "nobody listens")
    #expect(
      "\(error)"
        == "lbd is not running: /run/lbd/control.sock: nobody listens; start it with 'systemctl start lbd'")
  }
}
