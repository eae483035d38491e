import Glibc
import LoadBalancing
import Testing

@testable import LBConfiguration
@testable import LinuxSystem

/// A process that dies anywhere in the saving of an edit, the history's included, leaves every file old or new, whole.
@Suite struct EditCrashTests {
  /// The system calls of saving the edited file, and then the history's new one, which has no owner to keep.
  private static let steps = AtomicFile.Step.allCases.count * 2 - 1

  /// Counts the steps of both saves and ends the process before one of them.
  private final class Death: @unchecked Sendable {
    private var left: Int

    init(before step: Int) { left = step }

    func step(_: AtomicFile.Step) {
      if left == 0 { kill(getpid(), SIGKILL) }
      left -= 1
    }
  }

  private static func save(in directory: String) throws {
    let sources = ConfigurationSources(mainFile: directory + "/lbd.xml", dropInDirectory: directory + "/conf.d")
    let prepared = try sources.edit(.editServer(.webA, ElementChange(attributes: ["weight": "7"])))
    try ConfigurationHistory(directory: directory + "/history").save(prepared.loaded.files)
  }

  @Test(arguments: 0...steps) func killedBeforeAStep(number: Int) async throws {
    let directory = try TemporaryDirectory()
    try directory.write(EditingSamples.plain, to: "lbd.xml")
    let sources = ConfigurationSources(mainFile: directory.path + "/lbd.xml", dropInDirectory: nil)
    let history = ConfigurationHistory(directory: directory.path + "/history")
    let old = try ConfigurationLoader.load(sources).get()
    try history.save(old.files)
    let path = directory.path
    let isAlive = number == Self.steps
    await #expect(processExitsWith: isAlive ? .success : .signal(SIGKILL)) {
      [path = path as String, number = number as Int] in
      let death = Death(before: number)
      try AtomicFile.$observer.withValue(.init { death.step($0) }) { try EditCrashTests.save(in: path) }
    }
    let weights = [100, 7]
    let now = try ConfigurationLoader.load(sources).get()
    #expect(now.files.count == 1 && weights.contains(now.loadBalancer.virtualServices[0].realServers[0].weight))
    let kept = try ConfigurationLoader.load(files: try #require(try history.newest())).get()
    #expect(weights.contains(kept.loadBalancer.virtualServices[0].realServers[0].weight))
    #expect(try history.list().allSatisfy { (try? history.files(of: $0)) != nil }, "every entry is whole")
    let isNew = number > AtomicFile.Step.rename.rawValue
    #expect(now.loadBalancer.virtualServices[0].realServers[0].weight == (isNew ? 7 : 100))
  }
}
