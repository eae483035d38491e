import LoadBalancing

/// The sets and maps of the table, numbered as in the transaction that makes them.
enum MarkSet: UInt32, CaseIterable {
  /// Address, protocol and single port to mark: a hash table, which takes an element in the same time however many it
  /// holds.
  case marks4 = 1
  case marks6
  /// Address, protocol and range of ports to mark. The kernel copies all of such a set for each element that it takes
  /// (`pipapo_resize` in `net/netfilter/nft_set_pipapo.c`, 6.1).
  case ranges4
  case ranges6
  /// Marks whose packets are masqueraded.
  case masquerade4
  case masquerade6
  /// Mark to source address.
  case snat4
  case snat6
  /// Source subnet and outgoing interface that are masqueraded.
  case outbound4
  case outbound6

  /// What a field or value of a set holds, as nft(8) numbers the types.
  enum Field: UInt32 {
    case ipv4Address = 7
    case ipv6Address = 8
    case transportProtocol = 12
    case port = 13
    case mark = 19
    case interfaceName = 41

    /// In bytes.
    var length: Int {
      switch self {
      case .ipv4Address, .mark: 4
      case .ipv6Address, .interfaceName: 16
      case .transportProtocol: 1
      case .port: 2
      }
    }

    /// In bytes, as it lies in registers.
    var paddedLength: Int { (length + 3) & ~3 }

    /// Whether nft(8) is to read the value in host order.
    var isHostOrder: Bool { self == .mark }
  }

  var family: AddressFamily {
    switch self {
    case .marks4, .ranges4, .masquerade4, .snat4, .outbound4: .inet
    case .marks6, .ranges6, .masquerade6, .snat6, .outbound6: .inet6
    }
  }

  /// The fields of the key.
  var key: [Field] {
    let address: Field = family == .inet ? .ipv4Address : .ipv6Address
    return switch self {
    case .marks4, .marks6, .ranges4, .ranges6: [address, .transportProtocol, .port]
    case .masquerade4, .masquerade6, .snat4, .snat6: [.mark]
    case .outbound4, .outbound6: [address, .interfaceName]
    }
  }

  /// What a map has for a key; nil: a set without values.
  var value: Field? {
    switch self {
    case .marks4, .marks6, .ranges4, .ranges6: .mark
    case .snat4: .ipv4Address
    case .snat6: .ipv6Address
    case .masquerade4, .masquerade6, .outbound4, .outbound6: nil
    }
  }

  /// Whether an element is a range in each field of the key.
  var isRanged: Bool {
    switch self {
    case .ranges4, .ranges6, .outbound4, .outbound6: true
    case .marks4, .marks6, .masquerade4, .masquerade6, .snat4, .snat6: false
    }
  }

  /// In bytes, as it lies in registers.
  var keyLength: Int { key.reduce(0) { $0 + $1.paddedLength } }

  /// As the case is called; the kernel knows the set by it.
  var name: String { MarkSet.names[Int(rawValue) - 1] }

  private static let names = allCases.map { "\($0)" }
}
