import Interfaces
public import LoadBalancing

/// Chooses where a virtual service's address goes; nil when lbd does not manage it or no interface fits.
func addressPlacement(of service: VirtualService, on interfaces: InterfaceSnapshot) -> InterfaceAddress? {
  guard let address = service.address else { return nil }
  let name: String? =
    switch service.interface {
    case .none: nil
    case .named(let chosen): interfaces.link(named: chosen)?.name
    case .automatic: interfaces.interface(holding: address)
    }
  return name.map { InterfaceAddress(virtual: address, interface: $0) }
}

/// Chooses where a floating IP goes, with the prefix length of the subnet there; nil when no interface fits.
func addressPlacement(of floating: FloatingIP, on interfaces: InterfaceSnapshot) -> InterfaceAddress? {
  let name =
    if let chosen = floating.interface { interfaces.link(named: chosen)?.name } else {
      interfaces.interface(holding: floating.address)
    }
  guard let name else { return nil }
  let length = floating.prefixLength ?? interfaces.subnet(holding: floating.address, on: name)?.prefixLength
  return InterfaceAddress(
    address: floating.address, prefixLength: length ?? floating.address.family.addressBits, interface: name)
}

/// An address of the configuration that this machine cannot take.
public struct AddressConflict: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Claimant: Hashable, Sendable {
    case service(String)
    case floatingIP(IPAddress)
  }

  public let claimant: Claimant
  public let description: String
}

/// Finds the virtual addresses and floating IPs that are an interface's own.
///
/// A client's packets to such an address would reach this machine only as long as the administrator keeps it there,
/// and withdrawing the service would cut the machine off.
func addressConflicts(
  in configuration: LoadBalancer, with interfaces: InterfaceSnapshot, owned: Set<InterfaceAddress>
) -> [AddressConflict] {
  func conflict(_ address: IPAddress, of claimant: AddressConflict.Claimant) -> AddressConflict? {
    guard interfaces.isOwnAddress(address, besides: owned),
      let own = interfaces.addresses.first(where: { $0.place.address == address && !$0.place.isVirtual })?.place
    else { return nil }
    return AddressConflict(
      claimant: claimant,
      description: "address \(address) is the own address of interface \(own.interface) (/\(own.prefixLength)); "
        + "choose another one here, or give the interface another one")
  }
  return configuration.floatingIPs.compactMap { conflict($0.address, of: .floatingIP($0.address)) }
    + configuration.virtualServices.compactMap { service in
      guard service.interface != .none, let address = service.address else { return nil }
      return conflict(address, of: .service(service.label))
    }
}
