import ControlAPI

/// Why a command did not do what it was asked for.
struct CommandFailure: Error, Hashable {
  var status: ExitStatus
  /// For people: what happened and what helps.
  var message: String
  /// One line each.
  var details: [String] = []
  /// For programs.
  var code: APIError.Code = .failed
}

extension CommandFailure {
  init(_ error: ControlError) {
    self.init(status: ExitStatus(error), message: error.description)
    switch error {
    case .refused(let error): (details, code) = (error.details, error.code)
    case .notRunning, .unreachable: code = APIError.Code(rawValue: "not-running")
    case .notPermitted: code = .notPermitted
    case .timedOut: code = APIError.Code(rawValue: "timed-out")
    case .cutOff, .malformedAnswer: code = APIError.Code(rawValue: "malformed-answer")
    case .answerTooLarge: code = .tooLarge
    }
  }

  /// As the API would say it.
  var body: ErrorBody { ErrorBody(APIError(status: 500, code: code, message: message, details: details)) }
}
