import LoadBalancing

/// Names the sysctls that a configuration needs, with their values.
///
/// - Parameter interface: the interface towards an address; nil when there is no route.
func desiredSysctls(
  for configuration: LoadBalancer, interface: (IPAddress) -> String?
) -> [String: String] {
  let services = configuration.virtualServices.filter(\.enabled)
  guard !services.isEmpty || !configuration.outboundMasquerades.isEmpty else { return [:] }
  var sysctls: [String: String] = [:]
  if !services.isEmpty {
    sysctls["net/ipv4/vs/expire_nodest_conn"] = "1"
    sysctls["net/ipv4/vs/expire_quiescent_template"] = configuration.global.persistentClients == .move ? "1" : "0"
  }
  if services.contains(where: { $0.forwardings.contains(.snat) }) {
    sysctls["net/ipv4/vs/conntrack"] = "1"
  }
  for service in services where service.forwardings.contains(where: \.translatesPorts) {
    let servers = service.realServers.map(\.address) + (service.fallback.map { [$0.address] } ?? [])
    for name in Set(servers.compactMap(interface)) {
      sysctls.merge(forwarding(service.family, from: name)) { $1 }
      guard service.forwardings.contains(.nat), service.family == .inet else { continue }
      // A client on the servers' own link must not be told to leave the load balancer out.
      sysctls["net/ipv4/conf/all/send_redirects"] = "0"
      sysctls["net/ipv4/conf/\(name)/send_redirects"] = "0"
    }
  }
  for masquerade in configuration.outboundMasquerades {
    for name in [interface(masquerade.source.network), masquerade.interface].compactMap(\.self) {
      sysctls.merge(forwarding(masquerade.source.network.family, from: name)) { $1 }
    }
  }
  return sysctls
}

/// IPv4 forwards what comes in by one interface; IPv6 knows a switch for the whole machine only.
private func forwarding(_ family: AddressFamily, from interface: String) -> [String: String] {
  family == .inet ? ["net/ipv4/conf/\(interface)/forwarding": "1"] : ["net/ipv6/conf/all/forwarding": "1"]
}
