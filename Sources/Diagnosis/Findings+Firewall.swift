import LoadBalancing
import PacketMarks

/// The load balancer's own firewall in the way; nothing where nothing is certain.
func firewallFinding(_ blocked: [BlockedTraffic], service: String, server: ServerEvidence?) -> [Finding] {
  guard !blocked.isEmpty else { return [] }
  let sentences = blocked.map { traffic in
    "drops \(traffic.passage.words(traffic.selector, server?.words ?? "")): "
      + traffic.drops.map(\.words).joined(separator: " and ")
  }
  return [
    Finding(
      .ownFirewall, service: service, server: server?.label,
      evidence: "the load balancer's own firewall " + sentences.joined(separator: "; it "),
      remedies: Remedy.admit(blocked))
  ]
}

extension BlockedTraffic.Passage {
  fileprivate func words(_ selector: PacketSelector, _ server: String) -> String {
    let ports = Remedy.nftables(selector)
    return switch self {
    case .clients: "what clients send (\(ports))"
    case .delivery: "what goes on to \(server) (\(ports))"
    case .answers: "the answers of \(server) to clients (\(ports))"
    case .check: "the health checks of \(server) (\(ports))"
    case .checkAnswer: "the answers of \(server) to health checks (\(ports))"
    }
  }
}

extension PacketDrop {
  fileprivate var words: String {
    let name = table.isLegacy ? "\(table.name) of \(table.iptables)" : "\(table.familyName) \(table.name)"
    let place = "in table " + name
    switch self.place {
    case .policy: return "no rule of chain \(chain) \(place) admits it, and the chain's policy is drop"
    case .rule(let chain, let handle, let packets):
      let rule = table.isLegacy ? "rule \(handle)" : "the rule with handle \(handle)"
      let count = packets.map { ", \($0) packets so far" } ?? ""
      return "\(rule) of chain \(chain) \(place)\(count)"
    }
  }
}

extension Ruleset.Table {
  /// The program that edits it, as Debian calls it.
  var iptables: String { (familyName == "ip" ? "iptables" : "ip6tables") + (isLegacy ? "-legacy" : "") }
}
