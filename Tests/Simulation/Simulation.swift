import Director
import IPVS
import Interfaces
import LoadBalancing
import TestSupport

/// A promise of the contract that was broken, and how to see it again.
public struct BrokenPromise: Error, CustomStringConvertible {
  public let seed: UInt64
  public let step: Int
  public let what: String
  /// What happened before, the newest last; empty unless asked for.
  public let trace: [String]

  public var description: String {
    (["seed \(seed), step \(step): \(what)"] + trace).joined(separator: "\n  ")
  }
}

/// What a run went through.
public struct SimulationReport: Sendable {
  public var steps = 0
  public var turns = 0
  public var changes = 0
  public var repairs = 0
  public var checks = 0
  public var crashes = 0
}

/// A Director without its actor, in a world of random servers, operators, configurations, faults and other programs.
///
/// All that happens follows from the seed. After every turn that nobody disturbed the kernel is held against
/// ``Contract``; after every fault the way back to it is.
public struct Simulation {
  var generator: SplitMix64
  var kernel = SimulatedKernel()
  var course: Course
  var configuration = LoadBalancer()
  var words: [ServerName: OperatorState] = [:]
  /// As the monitor has reported it to this run of lbd.
  var health: [CheckTarget: Health] = [:]
  var agents: [CheckTarget: AgentReport] = [:]
  var isWithdrawn = false
  /// The state file.
  var disk = SavedState()
  var isDiskFull = false
  /// What others made, and nobody may touch.
  var foreignServices: [IPVSService.Key: IPVSTableEntry] = [:]
  var foreignAddresses: Set<InterfaceAddress> = []
  /// The sysctls as they were before lbd came.
  var originals: [String: String]
  /// Whether others changed something that lbd has not seen yet.
  var isDisturbed = false
  var report = SimulationReport()
  let seed: UInt64
  private let isTraced: Bool
  private var trace: [String] = []

  init(seed: UInt64, isTraced: Bool) {
    self.seed = seed
    self.isTraced = isTraced
    generator = SplitMix64(state: seed)
    originals = kernel.sysctls
    course = Course(model: Model(configuration: LoadBalancer(), saved: SavedState()))
  }

  /// Runs so many steps; when a promise breaks, runs again to tell what led to it.
  ///
  /// - Throws: ``BrokenPromise``.
  @discardableResult
  public static func run(seed: UInt64, steps: Int) throws(BrokenPromise) -> SimulationReport {
    do throws(BrokenPromise) {
      var simulation = Simulation(seed: seed, isTraced: false)
      return try simulation.run(steps)
    } catch {
      var again = Simulation(seed: seed, isTraced: true)
      _ = try again.run(error.step + 1)
      throw error
    }
  }

  private mutating func run(_ steps: Int) throws(BrokenPromise) -> SimulationReport {
    try start()
    while report.steps < steps {
      report.steps += 1
      try step()
    }
    try settle()
    return report
  }

  private mutating func step() throws(BrokenPromise) {
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<35: try turn(mayFail: true)
    case 35..<60: reportHealth()
    case 60..<68: operate()
    case 68..<73: configure()
    case 73..<80: interfere()
    case 80..<84: course.request(look: .everything)
    case 84..<88: changeLinks()
    case 88..<90: try crash()
    case 90..<91: withdrawOrResume()
    case 91..<92: isDiskFull.toggle()
    case 92..<95: try drift()
    case 95..<96: talk()
    default: try settle()
    }
  }

  mutating func note(_ event: @autoclosure () -> String) {
    guard isTraced else { return }
    trace.append(event())
    if trace.count > 60 { trace.removeFirst() }
  }

  func broken(_ what: String) -> BrokenPromise {
    BrokenPromise(seed: seed, step: report.steps, what: what, trace: trace)
  }
}
