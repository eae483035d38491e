import LoadBalancing
import PacketMarks

extension PacketMarkState {
  /// Some marks, translations and masquerades of both families; the ranges don't overlap.
  static func random() -> PacketMarkState {
    var state = PacketMarkState()
    for host in 1...UInt128(Int.random(in: 1...4)) {
      for family in AddressFamily.allCases {
        let address = IPAddress(family: family, value: family == .inet ? 0x0A00_0000 + host : 0x2001_0DB8 << 96 + host)
        var start = 0
        while start < 65_536, state.marks.count < 40 {
          let end = min(start + Int.random(in: 0...20_000), 65_535)
          let selector = PacketMarkSelector(
            address: address, protocolNumber: [6, 17, 132].randomElement() ?? 6, ports: UInt16(start)...UInt16(end))
          if Bool.random() { state.marks[selector] = UInt32.random(in: 1...5) }
          start = end + 1
        }
        guard Bool.random() else { continue }
        let key = SourceTranslation.Key(mark: UInt32(host), family: family)
        state.sourceTranslations[key] = Bool.random() ? .masquerade : .address(address)
        let source = Subnet(address, prefixLength: Int.random(in: 8...family.addressBits))
        state.masquerades = [OutboundMasquerade(source: source, interface: "eth\(host)")]
      }
    }
    return state
  }
}
