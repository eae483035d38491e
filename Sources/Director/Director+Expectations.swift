public import Interfaces
public import LoadBalancing

/// What the machine should look like, for those who look whether it does.
public struct Expectations: Sendable {
  /// Of one virtual service that is enabled.
  public struct Service: Sendable {
    public let state: ServiceState
    /// Where its address should be; nil: not by lbd, or not now.
    public let place: InterfaceAddress?
    /// Why it is nowhere although lbd should put it somewhere.
    public let unplaced: UnplacedAddress?
    /// Whether the kernel held it at the last look.
    public let isInKernel: Bool
  }

  /// In the order of the configuration; none while everything is withdrawn.
  public let services: [Service]
  public let floatingIPs: [InterfaceAddress]
  /// The other floating IPs.
  public let unplacedFloatingIPs: [UnplacedAddress]
  /// By name, with slashes.
  public let sysctls: [String: String]
  /// What the kernel refused at the last attempt.
  public let refusals: [String]
  public let labels: ConnectionLabels
}

/// An address that no interface here can take.
public struct UnplacedAddress: Hashable, Sendable {
  public let address: IPAddress
  /// The interface that the configuration names and that is not there; nil: it names none, and nothing chooses one.
  public let interface: String?

  public init(_ address: IPAddress, interface: String? = nil) {
    self.address = address
    self.interface = interface
  }

  /// In an operator's words.
  public var reason: String {
    if let interface {
      "address \(address) is not up: there is no interface \(interface)"
    } else {
      "address \(address) is not up: no interface has a subnet that holds it and there is no default route"
    }
  }
}

extension Director {
  public nonisolated var expectations: Expectations {
    get async { await course.expectations(refusals: status.refusals) }
  }
}

extension Course {
  func expectations(refusals: Set<String>) -> Expectations {
    let interfaces = observed?.interfaces ?? InterfaceSnapshot()
    let configuration = model.saved.withdrawn ? LoadBalancer() : model.configuration
    let services = configuration.virtualServices.compactMap { service -> Expectations.Service? in
      guard let state = model.states[service.label], service.enabled else { return nil }
      return Expectations.Service(
        state: state,
        place: model.isAddressUp(state, on: interfaces) ? model.placement(of: service, on: interfaces) : nil,
        // Before the first look nobody knows.
        unplaced: observed == nil ? nil : model.unplacedAddress(of: state, on: interfaces),
        isInKernel: observed?.services[model.key(of: service)] != nil)
    }
    return Expectations(
      services: services,
      floatingIPs: configuration.floatingIPs.compactMap { addressPlacement(of: $0, on: interfaces) },
      unplacedFloatingIPs: observed == nil
        ? [] : configuration.floatingIPs.compactMap { model.unplacedAddress(of: $0, on: interfaces) },
      sysctls: configuration.virtualServices.isEmpty ? [:] : unconditionalSysctls,
      refusals: refusals.sorted(), labels: connectionLabels)
  }

  private var unconditionalSysctls: [String: String] {
    guard let observed else { return [:] }
    return model.wantedSysctls(given: observed).filter { $0.value.replaces == nil }.mapValues(\.value)
  }
}
