import ControlAPI
import Foundation

/// lbd as its Debian package installs it, run by systemd, in the namespace of a host of the network.
final class InstalledLoadBalancer {
  /// Where the package puts things.
  static let socketPath = ControlClient.defaultSocketPath
  static let unit = "lbd.service"

  /// The package to test; `Scripts/test` builds it and names it.
  static var package: String? { ProcessInfo.processInfo.environment["LBD_PACKAGE"] }

  private let network: Network
  private let host: Host

  init(_ network: Network, on host: Host, settings: String = "") async throws {
    self.network = network
    self.host = host
    // The machine of the lab is one; the network's hosts are namespaces of it.
    let directory = "/etc/systemd/system/\(Self.unit).d"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let lines = ["[Service]", "NetworkNamespacePath=/run/netns/\(host.namespace)", settings, ""]
    try lines.joined(separator: "\n").write(toFile: "\(directory)/lab.conf", atomically: true, encoding: .utf8)
  }

  /// Installs, or upgrades to, a package and waits until lbd answers.
  func install(_ package: String) async throws {
    // Triggers work on the documents of the whole host.
    try await run("dpkg", "--no-triggers", "--install", package)
    try await eventually("lbd answers") { (try? await ControlClient().status()) == nil ? nil : true }
  }

  /// The same package under a higher version.
  func newerPackage() async throws -> String {
    let (tree, package) = (network.path("package"), network.path("lbd.deb"))
    try await run("dpkg-deb", "--raw-extract", InstalledLoadBalancer.package ?? "", tree)
    let control = tree + "/DEBIAN/control"
    let text = try String(contentsOfFile: control, encoding: .utf8)
    let newer = text.replacing(/(?m)^Version: .*$/) { $0.output + "+newer" }
    try newer.write(toFile: control, atomically: true, encoding: .utf8)
    try await run("dpkg-deb", "--build", "-Znone", tree, package)
    return package
  }

  @discardableResult
  func run(_ words: String...) async throws -> String {
    let result = try await result(of: words)
    guard result.exitCode == 0 else { throw CommandFailed(result: result) }
    return result.output + result.errors
  }

  func result(_ words: String...) async throws -> CommandResult { try await result(of: words) }

  /// dpkg reads its whole database over the lab's file system first, which takes its time.
  private func result(of words: [String]) async throws -> CommandResult {
    try await network.result(of: words, within: .seconds(600))
  }

  func isGreen(_ service: String) async throws {
    try await eventually("\(service) is green") {
      let overview = try? await ControlClient().overview()
      return overview?.services.first { $0.label == service }?.status == .green ? true : nil
    }
  }

  func processID() async throws -> pid_t { try await ControlClient().status().pid }

  func table() async throws -> [String] {
    try await host.run("ipvsadm", "-Sn").split(separator: "\n").map(String.init).sorted()
  }

  func journal() async throws -> String {
    try await run("journalctl", "--unit", Self.unit, "--no-pager", "--output=cat")
  }

  /// Owner, group and mode of a file: `lbd:lbd-admin 660`.
  func rights(of path: String) async throws -> String {
    try await run("stat", "--format=%U:%G %a", path).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Runs `body` with the package installed on a director with two servers and a client, all gone afterwards.
func withInstalledPackage(
  settings: String = "", _ body: (InstalledCluster) async throws -> Void
) async throws {
  try await withNetwork { network in
    let cluster = try await InstalledCluster(network, settings: settings)
    do {
      try await body(cluster)
    } catch {
      print((try? await cluster.lbd.journal()) ?? "no journal")
      _ = try? await cluster.lbd.result("dpkg", "--no-triggers", "--purge", "lbd")
      throw error
    }
    _ = try await cluster.lbd.result("dpkg", "--no-triggers", "--purge", "lbd")
  }
}

/// A director that the package is installed on, servers `a` and `b` of the address 192.168.1.100, and a client.
final class InstalledCluster {
  let lbd: InstalledLoadBalancer
  let director: Host
  private let network: Network
  private let client: Host

  init(_ network: Network, settings: String) async throws {
    self.network = network
    let lan = try await network.segment("lan")
    director = try await network.host("director", on: lan, "192.168.1.99/24")
    client = try await network.host("client", on: lan, "192.168.1.50/24")
    for (index, label) in ["a", "b"].enumerated() {
      let host = try await network.host(label, on: lan, "192.168.1.\(110 + index)/24")
      try await host.accept("192.168.1.100")
      _ = try await network.serve(label, on: host, ports: "80")
    }
    lbd = try await InstalledLoadBalancer(network, on: director, settings: settings)
    try await lbd.install(InstalledLoadBalancer.package ?? "")
  }

  /// The first service, made by hand as the README says.
  func makesItsFirstService() async throws {
    try await lbd.run(
      "lbctl",
      "service", "add", "Web", "--address", "192.168.1.100", "--ports", "80", "--scheduler", "rr", "--no-persistence")
    try await lbd.run("lbctl", "server", "add", "Web", "a", "--address", "192.168.1.110")
    try await lbd.run("lbctl", "server", "add", "Web", "b", "--address", "192.168.1.111")
    try await lbd.isGreen("Web")
  }

  func run(_ words: [String]) async throws -> CommandResult { try await network.result(of: words) }

  func answers(to count: Int) async throws -> [String: Int] {
    let connections = try await network.connect(
      from: client, "192.168.1.50", to: "192.168.1.100", ports: "80", count: count)
    return connections.reduce(into: [:]) { $0[$1.server ?? $1.result, default: 0] += 1 }
  }

  func stream(rate: Int, held: Int) throws -> ConnectionStream {
    try ConnectionStream(
      network, on: client, from: "192.168.1.50", to: "192.168.1.100", ports: "80", rate: rate, held: held)
  }
}
