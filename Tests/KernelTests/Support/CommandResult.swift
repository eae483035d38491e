/// How a command ended and what it said.
struct CommandResult: CustomStringConvertible {
  let words: [String]
  let exitCode: Int32
  let output: String
  let errors: String

  var description: String { "\(words.joined(separator: " ")) ended with \(exitCode): \(output)\(errors)" }
}

/// A command that had to succeed did not.
struct CommandFailed: Error, CustomStringConvertible {
  let result: CommandResult

  var description: String { result.description }
}
