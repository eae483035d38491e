import LoadBalancing

/// What the inner elements of a service must fit to; nil where the service's own attribute is wrong, so that one
/// mistake is reported once.
struct ServiceTraits {
  let reader: ElementReader
  let entry: VirtualService.Entry?
  let forwarding: Forwarding?

  var isOnFirewallMark: Bool { reader.has(VirtualServiceAttributes.firewallMark) }

  var family: AddressFamily? {
    switch entry {
    case .address(let address, _, _): address.family
    case .firewallMark(_, let family): family
    case nil: nil
    }
  }

  var ports: PortSet? { if case .address(_, let ports, _) = entry { ports } else { nil } }
  var transport: TransportProtocol? { if case .address(_, _, let transport) = entry { transport } else { nil } }

  /// Why a single port of the service is not known, for messages: `has the ports 80,443`.
  var portsPhrase: String {
    guard let ports else { return "has a firewall mark" }
    return "has ports=\"\(ports)\""
  }
}
