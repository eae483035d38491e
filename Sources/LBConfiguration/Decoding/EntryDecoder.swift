import LoadBalancing

/// Reads what clients' packets are recognised by: address, ports and protocol, or somebody else's mark.
struct EntryDecoder {
  let reader: ElementReader

  /// nil when something is missing, wrong, or both ways are mixed.
  func decode() -> VirtualService.Entry? {
    reader.has(VirtualServiceAttributes.firewallMark) ? firewallMark() : address()
  }

  private func firewallMark() -> VirtualService.Entry? {
    let mark = reader.read(VirtualServiceAttributes.firewallMark).value
    let family = reader.read(VirtualServiceAttributes.family).or(.inet)
    let isMixed = [
      refuse(VirtualServiceAttributes.address), refuse(VirtualServiceAttributes.ports),
      refuse(VirtualServiceAttributes.transport),
    ].contains(true)
    guard let mark, let family, !isMixed else { return nil }
    return .firewallMark(mark, family: family)
  }

  private func refuse<Value>(_ attribute: Attribute<Value>) -> Bool {
    guard reader.has(attribute) else { return false }
    _ = reader.read(attribute)
    reader.report(
      attribute, "does not go with firewall-mark: the rules that set the mark decide it; remove one of them")
    return true
  }

  private func address() -> VirtualService.Entry? {
    let address = reader.read(VirtualServiceAttributes.address)
    let ports = reader.read(VirtualServiceAttributes.ports)
    let transport = reader.read(VirtualServiceAttributes.transport).or(.tcp)
    if reader.has(VirtualServiceAttributes.family) {
      _ = reader.read(VirtualServiceAttributes.family)
      reader.report(VirtualServiceAttributes.family, "goes with firewall-mark only; the address tells the family")
    }
    if address.isAbsent {
      reader.report("the attribute address is missing; allowed: an IPv4 or IPv6 address, or firewall-mark instead")
    }
    if ports.isAbsent {
      reader.report("the attribute ports is missing; allowed: \(VirtualServiceAttributes.ports.syntax.allowed)")
    }
    guard let address = address.value, let ports = ports.value, let transport else { return nil }
    return .address(address, ports: ports, protocol: transport)
  }
}
