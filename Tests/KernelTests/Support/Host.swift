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

  /// Owns a whole range of addresses, behind which there is nobody else.
  func owns(_ range: String) async throws { try await ip("route add local \(range) dev lo") }
}
