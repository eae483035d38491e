import LinuxSystem

/// A mistake in a configuration file.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Counted from 1; nil when the file could not be read at all.
  public var line: Int?
  /// The element, the value found, and what is allowed.
  public var message: String
  /// The file may not be read.
  public var isDenied = false

  public init(file: String, line: Int?, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  /// A file that cannot be read.
  init(_ error: SystemError, file: String, hint: String = "") {
    self.init(file: file, line: nil, message: "\(error)\(hint)")
    isDenied = error.isDenied
  }

  /// `FILE:LINE: message`.
  public var description: String { line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)" }
}

/// Why a configuration is not applied: every mistake in its files, in the order of files and lines.
public struct ConfigurationErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// Never empty.
  public var problems: [ConfigurationProblem]

  public init(problems: [ConfigurationProblem]) { self.problems = problems }

  /// One line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
