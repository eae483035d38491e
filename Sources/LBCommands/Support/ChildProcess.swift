import Subprocess

/// A program that runs to its end, within a time and an amount of output.
struct ChildProcess {
  /// What ended it other than its own end, or its exit code.
  enum Ending: Hashable, Sendable {
    case exited(Int)
    case timedOut
    /// The output is cut there.
    case outputTooLong
    case notStarted(String)
  }

  let words: [String]
  var timeLimit = Duration.seconds(10)
  var outputBytesMax = 8 << 20

  /// Standard output and standard error, in the order of writing, and how it ended.
  func run() async -> (output: [UInt8], ending: Ending) {
    await withTaskGroup(of: (output: [UInt8], ending: Ending)?.self) { group in
      group.addTask { await collect() }
      group.addTask {
        try? await Task.sleep(for: timeLimit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      if let first { return first }
      // The cancelled program is killed; what it said until then counts.
      let partial = await group.next() ?? nil
      return (partial?.output ?? [], .timedOut)
    }
  }

  private func collect() async -> (output: [UInt8], ending: Ending) {
    var collected: [UInt8] = []
    do {
      let result = try await Subprocess.run(
        .name(words[0]), arguments: Arguments(Array(words.dropFirst())), input: .none, output: .sequence,
        error: .combinedWithOutput
      ) { execution in
        for try await buffer in execution.standardOutput {
          unsafe buffer.withUnsafeBytes {
            unsafe collected.append(contentsOf: $0.prefix(outputBytesMax - collected.count))
          }
          guard collected.count < outputBytesMax else {
            await execution.teardown(using: [])
            return
          }
        }
      }
      if collected.count >= outputBytesMax { return (collected, .outputTooLong) }
      switch result.terminationStatus {
      case .exited(let code): return (collected, .exited(Int(code)))
      case .signaled(let signal): return (collected, .exited(128 + Int(signal)))
      }
    } catch {
      return (collected, .notStarted("\(error)"))
    }
  }
}
