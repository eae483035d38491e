import Interfaces
import LoadBalancing

/// The value that a sysctl should have.
public struct DesiredSysctl: Hashable, Sendable {
  public let value: String
  /// The only value that is replaced; nil: any.
  public let replaces: String?

  public init(_ value: String, replacing replaces: String? = nil) {
    self.value = value
    self.replaces = replaces
  }

  /// Whether a setting with this value has to be written.
  func needsChange(from current: String?) -> Bool {
    current != value && (replaces == nil || current == replaces)
  }
}

/// Names the sysctls that a configuration needs.
struct SysctlNeeds {
  let configuration: LoadBalancer
  let interfaces: InterfaceSnapshot
  /// The ways to servers that no connected subnet holds, those that are known.
  let routes: [IPAddress: Route]

  var all: [String: DesiredSysctl] {
    let services = configuration.virtualServices.lazy.filter(\.enabled)
    var needs: [String: DesiredSysctl] = [:]
    if !services.isEmpty {
      let moves = configuration.global.persistentClients == .move
      needs["net/ipv4/vs/expire_nodest_conn"] = DesiredSysctl("1")
      needs["net/ipv4/vs/expire_quiescent_template"] = DesiredSysctl(moves ? "1" : "0")
    }
    if services.contains(where: { $0.uses(.snat) }) {
      needs["net/ipv4/vs/conntrack"] = DesiredSysctl("1")
    }
    for service in services where service.translatesPorts {
      needs.merge(translation(for: service)) { first, _ in first }
    }
    for masquerade in configuration.outboundMasquerades {
      for name in interfaces.names(towards: masquerade.source).union([masquerade.interface]) {
        needs.merge(forwarding(masquerade.source.network.family, from: name)) { first, _ in first }
      }
    }
    return needs
  }

  /// The servers' answers come in by their interfaces and are forwarded to the clients.
  private func translation(for service: VirtualService) -> [String: DesiredSysctl] {
    var needs: [String: DesiredSysctl] = [:]
    for name in Set(service.serverAddresses.compactMap(interface(towards:))) {
      needs.merge(forwarding(service.family, from: name)) { first, _ in first }
      guard service.uses(.nat), service.family == .inet else { continue }
      // A server on the client's own link must not be told to leave the load balancer out.
      needs["net/ipv4/conf/all/send_redirects"] = DesiredSysctl("0")
      needs["net/ipv4/conf/\(name)/send_redirects"] = DesiredSysctl("0")
    }
    return needs
  }

  private func interface(towards server: IPAddress) -> String? {
    interfaces.subnet(holding: server)?.interface ?? routes[server].flatMap { $0.isLocal ? nil : $0.interface }
      ?? interfaces.defaultInterfaces[server.family]
  }

  /// IPv4 forwards what comes in by one interface. IPv6 knows one switch for the whole machine, and with it on,
  /// interfaces stop taking router advertisements unless `accept_ra` is 2.
  private func forwarding(_ family: AddressFamily, from interface: String) -> [String: DesiredSysctl] {
    guard family == .inet6 else { return ["net/ipv4/conf/\(interface)/forwarding": DesiredSysctl("1")] }
    var needs = ["net/ipv6/conf/all/forwarding": DesiredSysctl("1")]
    for name in ["all", "default"] + interfaces.links.map(\.name) {
      needs["net/ipv6/conf/\(name)/accept_ra"] = DesiredSysctl("2", replacing: "1")
    }
    return needs
  }
}

extension VirtualService {
  /// Of the real servers and the fallback.
  var serverAddresses: [IPAddress] { realServers.map(\.address) + (fallback.map { [$0.address] } ?? []) }
}

extension InterfaceSnapshot {
  /// The interfaces by which packets from a subnet come: those with a share in it, else the default route's.
  fileprivate func names(towards subnet: Subnet) -> Set<String> {
    let sharing = subnets.filter { $0.subnet.contains(subnet) || subnet.contains($0.subnet) }
    guard sharing.isEmpty else { return Set(sharing.map(\.interface)) }
    return Set([defaultInterfaces[subnet.network.family]].compactMap(\.self))
  }
}
