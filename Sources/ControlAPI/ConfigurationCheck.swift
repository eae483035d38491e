/// What is wrong with a configuration, or that nothing is: the answer to `POST /v1/config/check`.
public struct ConfigurationCheck: Codable, Hashable, Sendable {
  public var valid: Bool
  /// The paths of the files that were read, in that order.
  public var files: [String]
  /// Empty exactly when ``valid``.
  public var errors: [ConfigurationProblem]
  /// How many virtual services the configuration has; 0 when it has errors.
  public var services: Int

  public init(files: [String], services: Int) {
    valid = true
    self.files = files
    errors = []
    self.services = services
  }

  public init(files: [String], errors: [ConfigurationProblem]) {
    valid = errors.isEmpty
    self.files = files
    self.errors = errors
    services = 0
  }
}

/// One error in a configuration file.
public struct ConfigurationProblem: Codable, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Counted from 1; 0 when the whole file is meant.
  public var line: Int
  public var message: String

  public init(file: String, line: Int, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  /// `FILE:LINE: message`, as editors understand it.
  public var description: String {
    line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)"
  }
}
