import LoadBalancing
import PacketMarks

extension Remedy {
  /// Rules that let packets pass, each before all others of the chain that drops them.
  static func admit(_ blocked: [BlockedTraffic]) -> [String] {
    var lines: [String] = []
    for traffic in blocked {
      for drop in traffic.drops {
        let line = command(traffic.selector, before: drop)
        if !lines.contains(line) { lines.append(line) }
      }
    }
    return [
      commands(
        "On the load balancer, Linux: let them pass before the rules that drop them (and in /etc/nftables.conf, or where "
          + "ufw, firewalld or netfilter-persistent keep theirs, to keep it):", lines)
    ]
  }

  private static func command(_ selector: PacketSelector, before drop: PacketDrop) -> String {
    let chains = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]
    guard ["ip", "ip6"].contains(drop.table.familyName), chains.contains(drop.chain) else {
      return "nft insert rule \(drop.table.familyName) \(drop.table.name) \(drop.chain) \(nftables(selector)) accept"
    }
    let table = drop.table.name == "filter" ? "" : " -t \(drop.table.name)"
    return "\(drop.table.iptables)\(table) -I \(drop.chain) \(iptables(selector)) -j ACCEPT"
  }

  static func nftables(_ selector: PacketSelector) -> String {
    let family = selector.address.family == .inet ? "ip" : "ip6"
    let address = "\(family) \(selector.isSource ? "saddr" : "daddr") \(selector.address)"
    let number = selector.protocolNumber
    guard let ports = selector.ports, let name = name(of: number) else {
      return "\(address) meta l4proto \(name(of: number) ?? "\(number)")"
    }
    let list = ports.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    let wanted = list.count == 1 ? list[0] : "'{ \(list.joined(separator: ", ")) }'"
    return "\(address) \(name) \(selector.isSource ? "sport" : "dport") \(wanted)"
  }

  private static func iptables(_ selector: PacketSelector) -> String {
    let end = selector.isSource ? "-s" : "-d"
    let address = "\(end) \(selector.address) -p \(name(of: selector.protocolNumber) ?? "\(selector.protocolNumber)")"
    guard let ports = selector.ports else { return address }
    let list = ports.ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound):\($0.upperBound)" }
    let option = selector.isSource ? "sport" : "dport"
    guard list.count > 1 else { return "\(address) --\(option) \(list.first ?? "")" }
    // xt_multiport takes 15 ports, a range counts as two; beyond that the address has to do.
    let count = ports.ranges.reduce(0) { $0 + ($1.count == 1 ? 1 : 2) }
    return count <= 15 ? "\(address) -m multiport --\(option)s \(list.joined(separator: ","))" : address
  }

  private static func name(of protocolNumber: UInt8) -> String? {
    switch protocolNumber {
    case 6: "tcp"
    case 17: "udp"
    case 132: "sctp"
    default: nil
    }
  }
}
