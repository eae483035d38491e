import Foundation
import Testing

@testable import LBCommands

@Suite struct SupportBundleTests {
  /// What went to the console, and the exit code.
  private func run(_ arguments: String...) async -> (output: [String], code: Int32) {
    let (lines, line) = AsyncStream<String>.makeStream()
    let program = LbctlProgram(
      environment: [:], display: Display(),
      console: Console(output: { line.yield($0) }, error: { line.yield($0) }, draw: { _ in }))
    let code = await program.run(arguments)
    line.finish()
    var output: [String] = []
    for await text in lines { output.append(text) }
    return (output, code)
  }

  @Test func holdsWhatCanBeHadAndSaysWhatIsMissing() async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/bundle-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let archive = directory + "/lbd.tar.gz"
    let (output, code) = await run(
      "support-bundle", "--socket", directory + "/nobody.sock", "--output", archive, "--json")
    #expect(code == 0)
    let bundle = try JSONDecoder().decode(SupportBundle.self, from: Data(output.joined().utf8))
    #expect(bundle.archive == archive)
    #expect(bundle.incomplete.contains { $0.file == "status.json" && $0.reason.contains("nobody.sock") })

    let mode = try FileManager.default.attributesOfItem(atPath: archive)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let listed = await ChildProcess(words: ["tar", "--list", "--gzip", "--file", archive]).run()
    let names = String(decoding: listed.output, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(Set(names) == Set(["lbd-support/"] + bundle.files.map { "lbd-support/" + $0 }))
    let kernel = await ChildProcess(words: ["tar", "-xzOf", archive, "lbd-support/kernel.txt"]).run()
    #expect(String(decoding: kernel.output, as: UTF8.self).hasPrefix("# uname --all\nLinux "))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["lbd.tar.gz"])
  }

  @Test func anArchiveThatCannotBeWrittenIsAnError() async {
    let (output, code) = await run("support-bundle", "--socket", "/nonexistent/s", "--output", "/nonexistent/x.tar.gz")
    #expect(code == 1)
    #expect(output.contains { $0.contains("/nonexistent") && $0.contains("--output") })
  }

  @Test func programsHaveLimits() async {
    let slow = await ChildProcess(words: ["sleep", "600"], timeLimit: .milliseconds(50)).run()
    #expect(slow.ending == .timedOut)
    let endless = await ChildProcess(words: ["yes"], outputBytesMax: 100_000).run()
    #expect(endless.ending == .outputTooLong)
    #expect(endless.output.count == 100_000)
    let failing = await ChildProcess(words: ["sh", "-c", "echo out; echo err >&2; exit 3"]).run()
    #expect(failing.ending == .exited(3))
    #expect(failing.output == Array("out\nerr\n".utf8))
    guard case .notStarted = await ChildProcess(words: ["no-such-program-at-all"]).run().ending else {
      return #expect(Bool(false), "a missing program cannot start")
    }
  }
}
