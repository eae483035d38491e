import Foundation
import Glibc

/// A program that runs beside the test, its output in files; ended by its process id at the latest with the network.
final class RunningProgram {
  let words: [String]
  let processID: pid_t
  private let outputPath: String
  private let errorsPath: String?
  private var waitStatus: Int32?

  /// Standard output goes into a new file, standard error into another or, without `errorsPath`, into the same.
  init(_ words: [String], outputPath: String, errorsPath: String? = nil) throws {
    self.words = words
    self.outputPath = outputPath
    self.errorsPath = errorsPath
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    if let errorsPath {
      unsafe posix_spawn_file_actions_addopen(&actions, 2, errorsPath, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    } else {
      unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    let variables = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
    var identifier: pid_t = 0
    let result = unsafe withCStrings(words) { arguments in
      unsafe withCStrings(variables) { unsafe posix_spawnp(&identifier, words[0], &actions, nil, arguments, $0) }
    }
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EINVAL) }
    processID = identifier
  }

  var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

  var errors: String { errorsPath.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? "" }

  func removeFiles() {
    for path in [outputPath, errorsPath] { path.map { unsafe _ = unlink($0) } }
  }

  /// The exit code, 128 and the signal's number when a signal ended it, nil while it runs.
  var exitCode: Int32? {
    if waitStatus == nil {
      var status: Int32 = 0
      if unsafe waitpid(processID, &status, WNOHANG) == processID { waitStatus = status }
    }
    guard let waitStatus else { return nil }
    return waitStatus & 0x7f == 0 ? (waitStatus >> 8) & 0xff : 128 + (waitStatus & 0x7f)
  }

  /// Waits for the end.
  func exit(within limit: Duration = .seconds(120)) async throws -> Int32 {
    do {
      return try await eventually("the end of \(words.joined(separator: " "))", within: limit, every: .milliseconds(5))
      {
        exitCode
      }
    } catch let error as Expired {
      throw Expired(description: "\(error); it has said: \(output.suffix(2000))")
    }
  }

  func send(_ signal: Int32) {
    if exitCode == nil { kill(processID, signal) }
  }

  /// Ends it at once, whatever it does.
  func kill9() async throws {
    send(SIGKILL)
    _ = try await exit()
  }
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer {
    for index in unsafe pointers.indices { unsafe free(pointers[index]) }
  }
  return unsafe body(pointers)
}
