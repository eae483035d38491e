public import LoadBalancing

/// The interfaces, their addresses and the default routes at one moment.
public struct InterfaceSnapshot: Hashable, Sendable {
  public var links: [NetworkLink]
  public var addresses: [ObservedAddress]
  /// The names of the interfaces that the default routes of the main table lead to.
  public var defaultInterfaces: [AddressFamily: String]

  public init(
    links: [NetworkLink] = [], addresses: [ObservedAddress] = [], defaultInterfaces: [AddressFamily: String] = [:]
  ) {
    self.links = links
    self.addresses = addresses
    self.defaultInterfaces = defaultInterfaces
  }

  public func link(named name: String) -> NetworkLink? { links.first { $0.name == name } }

  /// The hardware addresses of all interfaces: whoever answers from one of them is this machine.
  public var hardwareAddresses: Set<HardwareAddress> { Set(links.compactMap(\.hardwareAddress)) }

  /// The connected subnets; virtual addresses (/32, /128) make none.
  public var subnets: [InterfaceAddress] { addresses.map(\.place).filter { !$0.isVirtual } }

  /// The connected subnet that holds an address: the narrowest, on an interface that is up where there is a choice.
  ///
  /// Looks at ``addresses`` in place: it is asked for each server.
  /// - Parameters:
  ///   - address: The address asked about.
  ///   - interface: The only one that counts; nil for any.
  public func subnet(holding address: IPAddress, on interface: String? = nil) -> InterfaceAddress? {
    let upNames = Set(links.lazy.filter(\.isUp).map(\.name))
    func rank(_ place: InterfaceAddress) -> (Int, Int) {
      (place.prefixLength, upNames.contains(place.interface) ? 1 : 0)
    }
    var best: InterfaceAddress?
    for observed in addresses {
      let place = observed.place
      guard !place.isVirtual, address.sharesNetwork(with: place.address, prefixLength: place.prefixLength),
        interface == nil || place.interface == interface
      else { continue }
      if best.map({ rank($0) < rank(place) }) ?? true { best = place }
    }
    return best
  }

  /// The interface for a virtual address: the one whose subnet holds it, else the default route's, else nil.
  public func interface(holding address: IPAddress) -> String? {
    subnet(holding: address)?.interface ?? defaultInterfaces[address.family]
  }

  /// Whether the address is an interface's own: one with a prefix shorter than /32 or /128 that is not ours.
  ///
  /// - Parameters:
  ///   - address: The address asked about.
  ///   - ours: What we added, for kernels that keep no tag.
  /// - Returns: False too when no interface has the address.
  public func isOwnAddress(_ address: IPAddress, besides ours: Set<InterfaceAddress> = []) -> Bool {
    addresses.contains { observed in
      observed.place.address == address && !observed.place.isVirtual && !observed.isOurs
        && !ours.contains(observed.place)
    }
  }

  /// Whether any interface has the address.
  public func holds(_ address: IPAddress) -> Bool { addresses.contains { $0.place.address == address } }

  /// Whether that interface has the address with that prefix length.
  public func holds(_ place: InterfaceAddress) -> Bool { addresses.contains { $0.place == place } }
}
