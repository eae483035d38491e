import Foundation
import Testing

/// One test's network: hosts in namespaces of their own, segments that join them, and the programs that run there.
final class Network {
  /// Unlike any other network's, so that tests never meet.
  let name = "lbd" + String(UInt32.random(in: .min ... .max), radix: 16)
  let directory: String
  private var switches: Host?
  private var hosts: [Host] = []
  private var programs: [RunningProgram] = []
  private var ports = 0
  private var files = 0

  fileprivate init() throws {
    directory = "/tmp/\(name)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  /// A new path in the network's directory.
  func path(_ suffix: String) -> String {
    files += 1
    return "\(directory)/\(files)-\(suffix)"
  }

  // MARK: Programs

  /// Starts a program that runs until the network's end or its own.
  func start(_ words: [String], in host: Host? = nil, log: String, errors: String? = nil) throws -> RunningProgram {
    let inHost = host.map { ["ip", "netns", "exec", $0.namespace] } ?? []
    let program = try RunningProgram(inHost + words, outputPath: path(log + ".log"), errorsPath: errors)
    programs.append(program)
    return program
  }

  /// Runs a command to its end, whatever its exit code.
  func result(
    of words: [String], in host: Host? = nil, within limit: Duration = .seconds(120)
  ) async throws -> CommandResult {
    let name = (words[0] as NSString).lastPathComponent
    let program = try start(words, in: host, log: name, errors: path(name + ".errors.log"))
    let code = try await program.exit(within: limit)
    programs.removeAll { $0 === program }
    let result = CommandResult(words: words, exitCode: code, output: program.output, errors: program.errors)
    if code == 0 { program.removeFiles() }
    return result
  }

  /// Runs a command that must succeed; its output.
  @discardableResult
  func run(_ words: String..., in host: Host? = nil) async throws -> String {
    let result = try await result(of: words, in: host)
    guard result.exitCode == 0 else { throw CommandFailed(result: result) }
    return result.output
  }

  /// Runs several commands of `ip` in one process.
  func ip(_ lines: [String], in host: Host?) async throws {
    let batch = path("ip")
    try lines.joined(separator: "\n").appending("\n").write(toFile: batch, atomically: false, encoding: .utf8)
    let result = try await result(of: ["ip"] + (host.map { ["-n", $0.namespace] } ?? []) + ["-batch", batch])
    guard result.exitCode == 0 else { throw CommandFailed(result: result) }
  }

  // MARK: Hosts and segments

  /// A segment of Ethernet; hosts on it reach each other directly.
  func segment(_ label: String) async throws -> Segment {
    let home = try await switchHost()
    let bridge = "br-\(label)"
    try await ip(
      ["link add \(bridge) type bridge mcast_snooping 0 forward_delay 0", "link set \(bridge) up"], in: home)
    return Segment(bridge: bridge)
  }

  private func switchHost() async throws -> Host {
    if let switches { return switches }
    let host = namespace("switches")
    try await run("ip", "netns", "add", host.namespace)
    switches = host
    return host
  }

  private func namespace(_ label: String) -> Host {
    let host = Host(network: self, label: label, namespace: "\(name)-\(label)")
    hosts.append(host)
    return host
  }

  /// A host with one interface, `eth0`, and an address with its prefix length, as in `10.10.90.198/24`.
  func host(_ label: String, on segment: Segment, _ address: String, gateway: String? = nil) async throws -> Host {
    let host = namespace(label)
    let route = gateway.map { ["route add default via \($0)"] } ?? []
    try await plug(
      host, "eth0", into: segment, before: ["netns add \(host.namespace)"], inside: ["link set lo up"], [address],
      after: route)
    return host
  }

  /// Gives a host one more interface.
  func connect(_ host: Host, _ interface: String, to segment: Segment, addresses: [String]) async throws {
    try await plug(host, interface, into: segment, addresses)
  }

  private func plug(
    _ host: Host, _ interface: String, into segment: Segment, before: [String] = [], inside: [String] = [],
    _ addresses: [String], after: [String] = []
  ) async throws {
    let home = try await switchHost()
    ports += 1
    let port = "port\(ports)"
    host.ports[interface] = port
    let cable = "link add \(port) netns \(home.namespace) type veth peer name \(interface) netns \(host.namespace)"
    try await ip(before + [cable], in: nil)
    try await ip(["link set \(port) master \(segment.bridge) up"], in: home)
    let lines = addresses.map { "addr add \($0) dev \(interface)" + ($0.contains(":") ? " nodad" : "") }
    try await ip(inside + lines + ["link set \(interface) up"] + after, in: host)
  }

  /// Pulls or plugs the cable of a host's interface.
  func setLink(of host: Host, _ interface: String = "eth0", isUp: Bool) async throws {
    guard let port = host.ports[interface] else { throw Expired(description: "\(host.label) has no \(interface)") }
    try await ip(["link set \(port) \(isUp ? "up" : "down")"], in: try await switchHost())
  }

  // MARK: The end

  /// Ends all programs, takes the namespaces away, keeps the logs.
  fileprivate func tearDown(keepingLogsAs test: String) async {
    for program in programs { program.send(SIGKILL) }
    for program in programs { _ = try? await program.exit(within: .seconds(20)) }
    for host in hosts { _ = try? await result(of: ["ip", "netns", "delete", host.namespace]) }
    if let output = Lab.output {
      let kept = "\(output)/\(test)"
      try? FileManager.default.removeItem(atPath: kept)
      try? FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      for name in names where name.hasSuffix(".log") {
        try? FileManager.default.copyItem(atPath: "\(directory)/\(name)", toPath: "\(kept)/\(name)")
      }
    }
    try? FileManager.default.removeItem(atPath: directory)
  }
}

/// A segment of Ethernet.
struct Segment {
  let bridge: String
}

/// Runs `body` with a network that is gone afterwards, whatever happens.
func withNetwork(_ body: (Network) async throws -> Void) async throws {
  let test = Test.current?.name.prefix { $0 != "(" } ?? "test"
  let network = try Network()
  do {
    try await body(network)
  } catch {
    await network.tearDown(keepingLogsAs: String(test))
    throw error
  }
  await network.tearDown(keepingLogsAs: String(test))
}
