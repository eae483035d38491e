import LoadBalancing

/// Elements from what they mean, and back.
extension MarkElement {
  init(_ selector: PacketMarkSelector, _ mark: UInt32) {
    func key(_ port: UInt16) -> [UInt8] {
      selector.address.bytes + [selector.protocolNumber, 0, 0, 0] + [UInt8(port >> 8), UInt8(port & 0xFF), 0, 0]
    }
    let set = MarkSet(for: selector)
    self.init(
      set: set, key: key(selector.ports.lowerBound), keyEnd: set.isRanged ? key(selector.ports.upperBound) : nil,
      value: mark.hostOrderBytes)
  }

  init(_ key: SourceTranslation.Key, _ translation: SourceTranslation) {
    let value: [UInt8]? = if case .address(let address) = translation { address.bytes } else { nil }
    self.init(set: MarkSet(for: key, translation), key: key.mark.hostOrderBytes, value: value)
  }

  init(_ masquerade: OutboundMasquerade) {
    let source = masquerade.source
    let name = Array(masquerade.interface.utf8.prefix(15))
    let interface = name + [UInt8](repeating: 0, count: 16 - name.count)
    self.init(
      set: MarkSet(for: masquerade), key: source.network.bytes + interface,
      keyEnd: source.lastAddress.bytes + interface)
  }

  /// Puts what the element means into a state.
  ///
  /// - Returns: Whether it means something; false for what lbd would not have written.
  func add(to state: inout PacketMarkState) -> Bool {
    guard key.count == set.keyLength, keyEnd.map({ $0.count == set.keyLength }) ?? true else { return false }
    switch set {
    case .marks4, .marks6, .ranges4, .ranges6:
      guard let selector, let mark = value.flatMap(UInt32.init(hostOrderBytes:)) else { return false }
      state.marks[selector] = mark
    case .masquerade4, .masquerade6, .snat4, .snat6:
      guard let mark = UInt32(hostOrderBytes: key) else { return false }
      guard let value else {
        state.sourceTranslations[.init(mark: mark, family: set.family)] = .masquerade
        return set.value == nil
      }
      guard let address = IPAddress(bytes: value), address.family == set.family else { return false }
      state.sourceTranslations[.init(mark: mark, family: set.family)] = .address(address)
    case .outbound4, .outbound6:
      guard let masquerade else { return false }
      state.masquerades.insert(masquerade)
    }
    return true
  }

  private var selector: PacketMarkSelector? {
    let addressLength = set.family.addressBits / 8
    let end = keyEnd ?? key
    guard key.prefix(addressLength + 1) == end.prefix(addressLength + 1),
      let address = IPAddress(bytes: key.prefix(addressLength))
    else { return nil }
    func port(_ key: [UInt8]) -> UInt16 { UInt16(key[addressLength + 4]) << 8 | UInt16(key[addressLength + 5]) }
    guard port(key) <= port(end) else { return nil }
    return PacketMarkSelector(
      address: address, protocolNumber: key[addressLength], ports: port(key)...port(end))
  }

  private var masquerade: OutboundMasquerade? {
    let addressLength = set.family.addressBits / 8
    let end = keyEnd ?? key
    let name = key.dropFirst(addressLength)
    guard name == end.dropFirst(addressLength), let first = IPAddress(bytes: key.prefix(addressLength)),
      let last = IPAddress(bytes: end.prefix(addressLength))
    else { return nil }
    let differing = first.value ^ last.value
    let subnet = Subnet(first, prefixLength: set.family.addressBits - (128 - differing.leadingZeroBitCount))
    guard subnet.network == first, subnet.lastAddress == last else { return nil }
    return OutboundMasquerade(
      source: subnet, interface: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
  }
}

/// Which set holds what.
extension MarkSet {
  init(for selector: PacketMarkSelector) {
    let isIPv4 = selector.address.family == .inet
    self = selector.ports.count == 1 ? (isIPv4 ? .marks4 : .marks6) : (isIPv4 ? .ranges4 : .ranges6)
  }

  init(for key: SourceTranslation.Key, _ translation: SourceTranslation) {
    let isIPv4 = key.family == .inet
    self =
      switch translation {
      case .masquerade: isIPv4 ? .masquerade4 : .masquerade6
      case .address: isIPv4 ? .snat4 : .snat6
      }
  }

  init(for masquerade: OutboundMasquerade) {
    self = masquerade.source.network.family == .inet ? .outbound4 : .outbound6
  }
}

extension Subnet {
  fileprivate var lastAddress: IPAddress {
    let hostBits = network.family.addressBits - prefixLength
    let hosts = hostBits >= 128 ? UInt128.max : (1 << UInt128(hostBits)) - 1
    return IPAddress(family: network.family, value: network.value | hosts)
  }
}
