import ControlAPI

/// How `lbctl` ends.
public enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
  case done = 0
  case failed = 1
  case configurationErrors = 2
  /// No such virtual service or real server.
  case notFound = 3
  case existsAlready = 4
  case notPermitted = 5
  case notRunning = 6
  /// Of `config plan`: something would change; of `diagnose`: something was found.
  case wouldChange = 10
  /// EX_USAGE of sysexits.h(3head).
  case usage = 64
}

extension ExitStatus {
  init(_ error: ControlError) {
    self =
      switch error {
      case .notRunning: .notRunning
      case .notPermitted: .notPermitted
      case .refused(let error): ExitStatus(error)
      case .unreachable, .timedOut, .cutOff, .malformedAnswer, .answerTooLarge: .failed
      }
  }

  /// By the code where 404 alone would not tell a missing server from a path that an older daemon does not know.
  init(_ error: APIError) {
    self =
      switch (error.status, error.code) {
      case (_, .noSuchService), (_, .noSuchServer), (_, .noSuchCheck), (_, .noSuchFloatingIP): .notFound
      case (_, .malformedRequest): .usage
      case (409, _): .existsAlready
      case (403, _): .notPermitted
      case (422, _): .configurationErrors
      default: .failed
      }
  }
}
