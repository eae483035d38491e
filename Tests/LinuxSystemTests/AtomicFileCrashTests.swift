import Glibc
import Testing

@testable import LinuxSystem

/// A process that dies in the middle of a save leaves the old file or the new one, whole.
@Suite struct AtomicFileCrashTests {
  private static let old = [UInt8](repeating: 1, count: 300_000)
  private static let new = [UInt8](repeating: 2, count: 400_000)

  @Test(arguments: AtomicFile.Step.allCases.map(\.rawValue)) func killedBeforeAStep(number: Int) async throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/lbd.xml"
    try AtomicFile.write(Self.old, to: path)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, number = number as Int] in
      try AtomicFile.$observer.withValue(.init { if $0.rawValue == number { kill(getpid(), SIGKILL) } }) {
        try AtomicFile.write(AtomicFileCrashTests.new, to: path)
      }
    }
    let isNew = number > AtomicFile.Step.rename.rawValue
    #expect(try BoundedFile.read(path, bytesMax: 1 << 20) == (isNew ? Self.new : Self.old))
    // What is left beside it is never read: drop-ins do not begin with a dot.
    #expect(directory.entries.allSatisfy { $0 == "lbd.xml" || $0.hasPrefix(".") })
  }

  @Test func aFullDiskLeavesTheOldFile() async throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/lbd.xml"
    try AtomicFile.write(Self.old, to: path)
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(throws: SystemError.self) { try AtomicFile.write(AtomicFileCrashTests.new, to: path) }
    }
    #expect(try BoundedFile.read(path, bytesMax: 1 << 20) == Self.old)
    #expect(directory.entries == ["lbd.xml"])
  }
}
