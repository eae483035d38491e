import LoadBalancing

extension ElementReader {
  /// Reads the element `floating-ip`; nil when its address is missing or wrong.
  func floatingIP() -> FloatingIP? {
    checkStructure(.floatingIP)
    let interface = read(FloatingIPAttributes.interface).value
    guard let prefixed = read(FloatingIPAttributes.address).value else { return nil }
    return FloatingIP(address: prefixed.address, prefixLength: prefixed.prefixLength, interface: interface)
  }

  /// Reads the element `outbound-masquerade`; nil when an attribute is missing or wrong.
  func outboundMasquerade() -> OutboundMasquerade? {
    checkStructure(.outboundMasquerade)
    let source = read(OutboundMasqueradeAttributes.source).value
    let interface = read(OutboundMasqueradeAttributes.interface).value
    guard let source, let interface else { return nil }
    return OutboundMasquerade(source: source, interface: interface)
  }
}
