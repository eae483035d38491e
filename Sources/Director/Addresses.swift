import Interfaces
import LoadBalancing

/// Chooses where a virtual service's address goes; nil when lbd does not manage it or no interface fits.
func addressPlacement(
  of service: VirtualService, on interfaces: InterfaceSnapshot, owned: Set<InterfaceAddress>
) -> InterfaceAddress? {
  guard let address = service.address else { return nil }
  let name: String?
  switch service.interface {
  case .none: return nil
  case .named(let chosen): name = interfaces.link(named: chosen) == nil ? nil : chosen
  case .automatic: name = interfaces.interface(holding: address, ignoring: owned)
  }
  return name.map { InterfaceAddress(address: address, prefixLength: address.family.addressBits, interface: $0) }
}

/// A virtual address that this machine cannot take.
public struct AddressConflict: Error, Hashable, Sendable, CustomStringConvertible {
  public let service: String
  public let description: String
}

/// Finds the virtual addresses that are an interface's own.
///
/// A client's packets to such an address would reach lbd's machine only as long as the administrator keeps it there,
/// and withdrawing the service would cut the machine off.
func addressConflicts(
  in configuration: LoadBalancer, with interfaces: InterfaceSnapshot, owned: Set<InterfaceAddress>
) -> [AddressConflict] {
  configuration.virtualServices.compactMap { service in
    guard service.interface != .none, let address = service.address,
      let own = interfaces.ownAddress(address, ignoring: owned)
    else { return nil }
    return AddressConflict(
      service: service.label,
      description: "address \(address) is the own address of interface \(own.interface) (/\(own.prefixLength)); "
        + "choose another address for the virtual service, or give the interface another one")
  }
}
