import Foundation

@testable import ControlAPI

/// `lbd` on a host of the network, with files of its own, and `lbctl` to talk to it.
final class LoadBalancerProgram {
  let host: Host
  let configurationPath: String
  let dropInDirectory: String
  let stateDirectory: String
  let socketPath: String
  private let network: Network
  private var program: RunningProgram?

  init(_ network: Network, on host: Host, configuration: String) throws {
    self.network = network
    self.host = host
    let directory = network.path("lbd")
    configurationPath = directory + "/lbd.xml"
    dropInDirectory = directory + "/conf.d"
    stateDirectory = directory + "/state"
    socketPath = directory + "/control.sock"
    for path in [dropInDirectory, stateDirectory] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try configuration.write(toFile: configurationPath, atomically: true, encoding: .utf8)
  }

  var options: [String] {
    [
      "--config", configurationPath, "--config-directory", dropInDirectory, "--state-directory", stateDirectory,
      "--socket", socketPath,
    ]
  }

  /// What the daemon that runs, or ran last, has written to standard error.
  var log: String { program?.output ?? "" }

  // MARK: The daemon

  /// What the daemon holds of the machine now.
  func footprint() throws -> Footprint {
    guard let program else { throw Expired(description: "no daemon runs") }
    return try Footprint(of: program.processID)
  }

  /// Starts it and returns at once.
  func launch() throws -> RunningProgram {
    let started = try network.start([Lab.binary("lbd")] + options, in: host, log: "lbd")
    program = started
    return started
  }

  /// Starts it and waits until it answers.
  func start() async throws {
    let started = try launch()
    try await eventually("lbd answers") {
      if let code = started.exitCode { throw Expired(description: "lbd ended with \(code): \(started.output)") }
      return (try? await ControlClient(socketPath: socketPath).status()) == nil ? nil : true
    }
  }

  func kill9() async throws { try await program?.kill9() }

  /// Asks it to stop; the exit code.
  func stop() async throws -> Int32? {
    program?.send(SIGTERM)
    return try await program?.exit()
  }

  func reload() { program?.send(SIGHUP) }

  // MARK: lbctl

  func lbctl(_ words: String...) async throws -> CommandResult { try await lbctl(words) }

  private func lbctl(_ words: [String]) async throws -> CommandResult {
    try await network.result(of: [Lab.binary("lbctl"), "--socket", socketPath] + words)
  }

  /// A command that must succeed; its output.
  @discardableResult
  func does(_ words: String...) async throws -> String {
    let result = try await lbctl(words)
    guard result.exitCode == 0 else { throw CommandFailed(result: result) }
    return result.output
  }

  /// The daemon's answer, asked for without a process for each look.
  func overview() async throws -> LabOverview {
    let answer = try await ControlClient(socketPath: socketPath).overview()
    return try JSONDecoder().decode(LabOverview.self, from: ControlJSON.compact(answer))
  }

  /// The daemon's figures, as Prometheus gets them.
  func metrics() async throws -> String {
    let answer = try await ControlClient(socketPath: socketPath).exchange(.metrics, body: nil)
    return String(decoding: answer.body, as: UTF8.self)
  }

  /// Waits for an overview that the condition holds of.
  @discardableResult
  func shows(_ what: String, _ condition: (LabOverview) -> Bool) async throws -> LabOverview {
    var last: LabOverview?
    do {
      return try await eventually(what, every: .milliseconds(500)) {
        let seen = try await overview()
        last = seen
        return condition(seen) ? seen : nil
      }
    } catch let error as Expired {
      throw Expired(description: "\(error); last seen: \(last.map { "\($0)" } ?? "nothing"); log: \(log.suffix(3000))")
    }
  }

  /// Waits until every service is green.
  func becomesGreen() async throws {
    try await shows("all green") { $0.services.allSatisfy { $0.status == "green" } }
  }

  // MARK: Files

  /// Puts another configuration in the place of the one that runs.
  func runs(_ configuration: String) async throws {
    try configuration.write(toFile: configurationPath, atomically: true, encoding: .utf8)
    try await does("config", "reload")
  }

  func write(_ text: String, asDropIn name: String) throws {
    try text.write(toFile: dropInDirectory + "/" + name, atomically: true, encoding: .utf8)
  }

  func removeDropIn(_ name: String) throws { try FileManager.default.removeItem(atPath: dropInDirectory + "/" + name) }

  // MARK: What the kernel holds

  /// Services and destinations as `ipvsadm` saves them, in an order of their own.
  func table() async throws -> [String] {
    try await host.run("ipvsadm", "-Sn").split(separator: "\n").map(String.init).sorted()
  }

  /// The table that recognises packets.
  func packetMarks() async throws -> String { try await host.run("nft", "list", "ruleset") }
}
