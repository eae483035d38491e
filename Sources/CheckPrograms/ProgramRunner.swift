import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// Runs one program in a process group of its own, and ends the whole group with it.
struct ProgramRunner {
  /// Between SIGTERM and SIGKILL.
  static let grace = Duration.milliseconds(500)
  /// More of its output is read and forgotten.
  static let outputBytesMax = 4096

  private let request: ProgramRequest

  init(_ request: ProgramRequest) { self.request = request }

  /// Returns when the program has ended, by itself, at its time limit or with the task's cancellation.
  func run() async -> ProgramReply {
    let output = Output()
    return await withTaskGroup(of: ProgramReply?.self) { group in
      group.addTask { await self.run(into: output) }
      group.addTask { [timeout = request.timeout] in
        try? await Task.sleep(for: timeout)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      if let first { return first }
      // The group is gone when its task has ended.
      await group.waitForAll()
      return ProgramReply(.failed, "no end within \(Self.text(request.timeout))\(output.said)")
    }
  }

  private func run(into output: Output) async -> ProgramReply {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)]
    let variables = request.environment.map { Array("\($0.key)=\($0.value)\0".utf8) }
    do {
      let result = try await Subprocess.run(
        .path(FilePath(request.program)), arguments: Arguments(request.arguments), environment: .custom(variables),
        workingDirectory: "/", platformOptions: options, input: .none, output: .sequence, error: .combinedWithOutput
      ) { execution in
        output.group = execution.processIdentifier.value
        for try await buffer in execution.standardOutput {
          output.append(unsafe buffer.bytes.withUnsafeBytes { unsafe Array($0) })
        }
      }
      output.endGroup()
      return reply(to: result.terminationStatus, output.text)
    } catch let error as SubprocessError where output.group == nil {
      return ProgramReply(.notRun, "\(request.program) cannot be started: \(error)")
    } catch {
      output.endGroup()
      return ProgramReply(.failed, "\(request.program) was ended")
    }
  }

  private func reply(to status: TerminationStatus, _ output: String) -> ProgramReply {
    switch status {
    case .exited(0): ProgramReply(.passed, output.isEmpty ? "exit status 0" : output)
    case .exited(let code): ProgramReply(.failed, "exit status \(code)" + (output.isEmpty ? "" : ": \(output)"))
    case .signaled(let signal):
      ProgramReply(.failed, "ended by signal \(signal)" + (output.isEmpty ? "" : ": \(output)"))
    }
  }

  /// `3 s`, `0.5 s`.
  private static func text(_ duration: Duration) -> String {
    let tenths = Int((duration / .milliseconds(100)).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}

/// The first bytes that a program says, and its process group.
private final class Output: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var group: pid_t?
  }

  private let state = Mutex(State())

  var group: pid_t? {
    get { state.withLock { $0.group } }
    set { state.withLock { $0.group = newValue } }
  }

  func append(_ bytes: [UInt8]) {
    state.withLock { $0.bytes += bytes.prefix(ProgramRunner.outputBytesMax - $0.bytes.count) }
  }

  /// In one line.
  var text: String {
    String(decoding: state.withLock { $0.bytes }, as: UTF8.self)
      .split { $0.isNewline }.joined(separator: "; ")
  }

  var said: String { text.isEmpty ? "" : "; it said: \(text)" }

  /// Ends what the program left running. Its number stays the group's while there is anybody in it.
  func endGroup() {
    if let group, group > 1 { kill(-group, SIGKILL) }
  }
}
