import Interfaces
import LoadBalancing

/// The mistakes that evidence shows, in the order of the configuration, each once.
///
/// Pure: what no probe could tell is no finding.
public func findings(in evidence: Evidence) -> [Finding] {
  var found: [Finding] = []
  for finding in machineFindings(evidence.machine) + evidence.services.flatMap({ serviceFindings($0, in: evidence) })
  where !found.contains(finding) {
    found.append(finding)
  }
  return found
}

private func serviceFindings(_ seen: ServiceEvidence, in evidence: Evidence) -> [Finding] {
  let service = seen.service
  var found: [Finding] = []
  if seen.isInKernel == false { found.append(kernelMissing(seen)) }
  if let place = seen.place { found += addressFindings(place, service: service.label) }
  if let unplaced = seen.unplaced {
    found.append(unplacedFinding(unplaced, service: service.label, on: evidence.machine))
  }
  found += firewallFinding(seen.blocked, service: service.label, server: nil)
  if let address = service.address { found += claimFindings(of: address, seen, in: evidence) }
  for server in seen.servers where server.way != .local && !server.isHalted {
    found += serverFindings(server, of: service)
  }
  return found
}

/// Who else answers for an address: a server of some service, or somebody else.
private func claimFindings(of address: IPAddress, _ seen: ServiceEvidence, in evidence: Evidence) -> [Finding] {
  // Services that share the address share who answers for it: the first of them tells.
  let sharing = evidence.services.filter { $0.service.address == address }
  guard sharing.first?.service.label == seen.service.label else { return [] }
  let everyone = sharing + evidence.services.filter { $0.service.address != address }
  return Array(Set(sharing.flatMap(\.claims))).sorted { $0.description < $1.description }.map { claim in
    for other in everyone {
      guard let server = other.servers.first(where: { $0.hardware.contains(claim) }) else { continue }
      return Finding(
        .arpProblem, service: other.service.label, server: server.label,
        evidence: "\(server.words) at \(claim) answers \(address.family.question) for \(address), which clients must "
          + "reach through the load balancer",
        remedies: Remedy.quietAddress(address, isNeeded: server.forwarding == .dr || server.forwarding == .tun))
    }
    return Finding(
      .duplicateAddress, service: seen.service.label,
      evidence: "\(address) is also answered for by \(claim), which is no real server of any virtual service",
      remedies: Remedy.duplicateAddress(address, at: claim.description))
  }
}

private func serverFindings(_ server: ServerEvidence, of service: VirtualService) -> [Finding] {
  func finding(_ code: Finding.Code, _ evidence: String, _ remedies: [String]) -> Finding {
    Finding(code, service: service.label, server: server.label, evidence: evidence, remedies: remedies)
  }
  switch (server.way, server.forwarding) {
  case (.none, _):
    return [
      finding(
        .noRoute, "the load balancer has no route to \(server.words)", Remedy.route(to: server.address))
    ]
  case (.routed(let interface, let gateway), .dr):
    return [
      finding(
        .notConnected,
        "\(server.words) is reached through the router \(gateway) on \(interface); direct routing sends frames to "
          + "the server's own MAC address and needs it on a connected subnet", Remedy.notConnected(service.label))
    ]
  default: break
  }
  var found = firewallFinding(server.blocked, service: service.label, server: server)
  if let address = service.address {
    switch server.forwarding {
    case .dr:
      let path = UntranslatedPath(
        words: "sent to the MAC address of \(server.words)", notAccepted: .vipNotAccepted,
        remedies: Remedy.acceptAddress(address))
      found += untranslatedFindings(server, address, on: path, finding)
    case .tun:
      let path = UntranslatedPath(
        words: "in the tunnel to \(server.words)", notAccepted: .tunnelNotAccepted,
        remedies: Remedy.tunnel(service.tunnel ?? Tunnel(), address: address, server: server.address))
      found += untranslatedFindings(server, address, on: path, finding)
      found += pathMTUFindings(server, address, service.tunnel ?? Tunnel(), finding)
    case .nat: found += translationFindings(server, service, finding)
    case .snat: break
    }
  }
  let stuck = server.near.areStuck ? server.near : server.far
  // A path that has just been seen to work is not held responsible for what waits from before.
  if found.isEmpty, !server.isSeenToWork, server.near.areStuck || server.far.areStuck,
    server.near.open + server.far.open == 0
  {
    found.append(
      finding(
        .halfOpen,
        "\(stuck.halfOpen) connections to \(server.words) stay in SYN_RECV, \(stuck.client.map { "one of \($0)" } ?? "")"
          + " and none gets further: the server's answers do not reach the clients, or theirs do not come here",
        Remedy.halfOpen(service.label)))
  }
  return found
}

private typealias Making = (Finding.Code, String, [String]) -> Finding

/// The path of direct routing or of a tunnel, on which packets reach the server as clients sent them.
private struct UntranslatedPath {
  /// How a SYN gets there: `sent to the MAC address of rip1 (192.168.1.21)`.
  let words: String
  /// What silence on it says.
  let notAccepted: Finding.Code
  let remedies: [String]
}

private func untranslatedFindings(
  _ server: ServerEvidence, _ address: IPAddress, on path: UntranslatedPath, _ finding: Making
) -> [Finding] {
  for port in server.ports {
    let syn = "a SYN for \(address) port \(port.port) \(path.words)"
    switch (port.virtual, port.own) {
    case (.silence, .accepted), (.silence, .refused):
      return [
        finding(
          path.notAccepted, "\(syn) gets no answer, one for the server's own address \(port.own.words)", path.remedies)
      ]
    case (.refused, .accepted):
      return [
        finding(
          .notListeningOnVIP, "\(syn) gets a RST, while port \(port.port) of its own address connects",
          Remedy.listen(on: address, port: port.port, server: server.address))
      ]
    default: continue
    }
  }
  return []
}

private func pathMTUFindings(
  _ server: ServerEvidence, _ address: IPAddress, _ tunnel: Tunnel, _ finding: Making
) -> [Finding] {
  guard let path = server.pathMTU else { return [] }
  return [
    finding(
      .pathMTU,
      "packets of \(path.seen) bytes get through the tunnel to \(server.words), packets of \(path.assumed) bytes are lost "
        + "and nobody on the way says so: large requests of clients hang",
      Remedy.pathMTU(path.seen, tunnel, to: server, address: address))
  ]
}

private func translationFindings(
  _ server: ServerEvidence, _ service: VirtualService, _ finding: Making
) -> [Finding] {
  if let back = server.wayBack, !back.returns {
    let sources = back.sources.map(\.description).joined(separator: " and ")
    let pile = server.far.halfOpen > 0 ? "; \(server.far.halfOpen) connections stay in SYN_RECV" : ""
    return [
      finding(
        .wrongGateway,
        "\(server.words) answers a SYN of the load balancer's own, but its answer to a SYN from \(sources) does not "
          + "come by here\(pile): its default gateway is not the load balancer",
        Remedy.gateway(back.gateway, service: service.label))
    ]
  }
  if server.near.areStuck, let client = server.near.client, let gateway = server.wayBack?.gateway {
    return [
      finding(
        .sameSubnet,
        "\(server.near.halfOpen) connections of clients in the subnet of \(server.words), \(client) among them, stay "
          + "in SYN_RECV: the server answers them directly, from an address that they have not asked",
        Remedy.sameSubnet(client: client, gateway: gateway, service: service.label))
    ]
  }
  return []
}

extension ServerEvidence {
  /// Whether a probe on the clients' path came through.
  fileprivate var isSeenToWork: Bool {
    wayBack?.returns == true || ports.contains { if case .accepted? = $0.virtual { true } else { false } }
  }

  /// `rip1 (192.168.1.21)`
  var words: String { "\(label ?? "the fallback") (\(address))" }
}

extension SYNProbe.Answer {
  fileprivate var words: String {
    switch self {
    case .accepted: "connects"
    case .refused: "gets a RST"
    case .silence: "none either"
    }
  }
}

extension AddressFamily {
  fileprivate var question: String { self == .inet ? "ARP" : "neighbour solicitation" }
}
