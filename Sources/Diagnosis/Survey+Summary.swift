import Director
import Interfaces
import LoadBalancing

/// What was looked at, for those who find nothing.
extension Survey {
  var summary: [String] {
    let services = expected.services.filter(isMeant)
    guard !services.isEmpty else {
      let what = label.map { "\($0) is not enabled" } ?? "No virtual service is enabled"
      return ["\(what), or everything is withdrawn: there was nothing to look at."]
    }
    let servers = services.flatMap { service in service.state.service.servers.map { (service, $0) } }
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    let looked =
      "Looked at \(count(services.count, "virtual service")) with \(count(servers.count, "server")): who answers for the "
      + "virtual addresses, whether each server takes what is sent to it and its answers come back the right way, "
      + "half-open connections, routes, links, addresses, kernel settings and the firewall here."
    return [looked] + services.compactMap(portsLeftOut) + servers.compactMap { leftOut($1, of: $0) }
  }

  /// nil where every port was asked for, or nobody for any.
  private func portsLeftOut(of expectation: Expectations.Service) -> String? {
    let service = expectation.state.service
    let asked = service.askedPorts
    guard let ports = service.ports, asked.count < ports.count,
      service.servers.contains(where: {
        !isHalted($0, in: expectation.state) && !pairs(of: $0, in: expectation).isEmpty
      })
    else { return nil }
    let list = asked.map(\.description).joined(separator: ", ")
    return "Of the \(ports.count) ports of \(service.label), only these were asked for: \(list)."
  }

  /// nil where everything about the server was asked, and it answered.
  private func leftOut(_ server: ServerUnderTest, of expectation: Expectations.Service) -> String? {
    guard ways[server.address] != .local else { return nil }
    let name = "\(expectation.state.service.label)/\(server.label ?? "fallback")"
    if isHalted(server, in: expectation.state) { return "\(name) is halted: it was only asked who it is." }
    if link(to: server.address) != nil, hardware(towards: server.address) == nil {
      return "\(name) (\(server.address)) does not answer for its own address: nothing more could be asked."
    }
    let pairs = pairs(of: server, in: expectation)
    if pairs.isEmpty { return "\(name) has no TCP port to ask for: only its address and its route were looked at." }
    // Of many, some may not have been sent.
    let answers = pairs.compactMap { self.answers[$0.own] }
    guard !answers.isEmpty, answers.allSatisfy({ $0 == .silence }) else { return nil }
    return "\(name) (\(server.address)) does not answer on its own address: nothing more could be told."
  }
}
