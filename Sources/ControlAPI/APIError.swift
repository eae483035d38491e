/// A refusal of the daemon: an HTTP status, a code for programs and a message with the remedy for people.
public struct APIError: Error, Hashable, Sendable {
  /// A word that may be new to an older command line.
  public struct Code: RawRepresentable, Codable, Hashable, Sendable {
    public var rawValue: String

    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    public static let noSuchService = Code(rawValue: "no-such-service")
    public static let noSuchServer = Code(rawValue: "no-such-server")
    public static let noSuchCheck = Code(rawValue: "no-such-check")
    public static let noSuchFloatingIP = Code(rawValue: "no-such-floating-ip")
    /// No reload waits for confirmation, or the history does not go back so far.
    public static let nothingThere = Code(rawValue: "nothing-there")
    public static let existsAlready = Code(rawValue: "exists-already")
    public static let notPermitted = Code(rawValue: "not-permitted")
    public static let configurationErrors = Code(rawValue: "configuration-errors")
    public static let noSuchPath = Code(rawValue: "no-such-path")
    public static let methodNotAllowed = Code(rawValue: "method-not-allowed")
    public static let malformedRequest = Code(rawValue: "malformed-request")
    public static let tooLarge = Code(rawValue: "too-large")
    /// The kernel or the daemon could not do it.
    public static let failed = Code(rawValue: "failed")
    /// The daemon stops or is not ready.
    public static let unavailable = Code(rawValue: "unavailable")
  }

  /// Of HTTP, 400 to 599.
  public var status: Int
  public var code: Code
  public var message: String
  /// One line each; for configuration errors `FILE:LINE: message`.
  public var details: [String]

  public init(status: Int, code: Code, message: String, details: [String] = []) {
    self.status = status
    self.code = code
    self.message = message
    self.details = details
  }
}

extension APIError {
  /// Names the label that was probably meant.
  public static func noSuchService(_ label: String, among labels: some Sequence<String>) -> APIError {
    APIError(
      status: 404, code: .noSuchService,
      message: "no virtual service '\(label)'\(suggestion(for: label, among: labels))")
  }

  /// Names the label that was probably meant.
  public static func noSuchServer(
    _ label: String, in service: String, among labels: some Sequence<String>
  ) -> APIError {
    APIError(
      status: 404, code: .noSuchServer,
      message: "no real server '\(label)' in '\(service)'\(suggestion(for: label, among: labels))")
  }

  /// For ``ServerSelection/everywhere(_:)``; names the label or address that was probably meant.
  public static func noSuchServer(anywhere name: String, among names: some Sequence<String>) -> APIError {
    APIError(
      status: 404, code: .noSuchServer,
      message: "no real server '\(name)' in any virtual service\(suggestion(for: name, among: names))")
  }

  public static func configurationErrors(_ problems: [ConfigurationProblem]) -> APIError {
    let count = problems.count == 1 ? "an error" : "\(problems.count) errors"
    return APIError(
      status: 422, code: .configurationErrors, message: "the configuration has \(count); what runs goes on running",
      details: problems.map(\.description))
  }

  public static func failed(_ message: String, details: [String] = []) -> APIError {
    APIError(status: 500, code: .failed, message: message, details: details)
  }

  public static func malformedRequest(_ message: String) -> APIError {
    APIError(status: 400, code: .malformedRequest, message: message)
  }

  private static func suggestion(for name: String, among names: some Sequence<String>) -> String {
    NearestName.find(name, among: names).map { "; did you mean '\($0)'?" } ?? ""
  }
}

/// The body of every answer that is a refusal: `{"error":{"code":"…","message":"…","details":[…]}}`.
public struct ErrorBody: Codable, Hashable, Sendable {
  public struct Content: Codable, Hashable, Sendable {
    public var code: APIError.Code
    public var message: String
    public var details: [String]
  }

  public var error: Content

  public init(_ error: APIError) {
    self.error = Content(code: error.code, message: error.message, details: error.details)
  }
}
