/// A host of the network: a namespace.
final class Host {
  private unowned let network: Network
  let label: String
  let namespace: String
  /// The ports of the switch that its interfaces are plugged into.
  var ports: [String: String] = [:]

  init(network: Network, label: String, namespace: String) {
    self.network = network
    self.label = label
    self.namespace = namespace
  }

  @discardableResult
  func run(_ words: String...) async throws -> String {
    let result = try await network.result(of: words, in: self)
    guard result.exitCode == 0 else { throw CommandFailed(result: result) }
    return result.output
  }

  func ip(_ lines: String...) async throws { try await network.ip(lines, in: self) }

  /// Accepts the virtual addresses as a server behind direct routing must: without telling anybody on the wire.
  func accept(_ addresses: String...) async throws {
    try await run(
      "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2")
    for address in addresses {
      try await ip(
        address.contains(":") ? "addr add \(address)/128 dev lo nodad" : "addr add \(address)/32 dev lo")
    }
  }

  /// Passes on packets of both families that are not its own.
  func forwards() async throws {
    try await run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
  }

  /// Adds a VLAN to `eth0`, `eth0.100`.
  func addVLAN(_ number: Int, _ address: String) async throws {
    let name = "eth0.\(number)"
    try await ip(
      "link add link eth0 name \(name) type vlan id \(number)", "addr add \(address) dev \(name)",
      "link set \(name) up")
  }

  /// All that lbd might have changed.
  func sysctls() async throws -> Set<String> {
    // Some keys cannot be read, which is no failure of those that can.
    let text = try await run("sh", "-c", "sysctl --all --pattern '^net.ipv[46].(conf|vs)' 2>/dev/null; true")
    return Set(text.split(separator: "\n").map(String.init))
  }

  /// Owns a whole range of addresses, behind which there is nobody else.
  func owns(_ range: String) async throws { try await ip("route add local \(range) dev lo") }
}
