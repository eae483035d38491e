public import Interfaces
import LoadBalancing

/// What the machine should look like, for those who look whether it does.
public struct Expectations: Sendable {
  /// Of one virtual service that is enabled.
  public struct Service: Sendable {
    public let state: ServiceState
    /// Where its address should be; nil: not by lbd, or not now.
    public let place: InterfaceAddress?
    /// Whether the kernel held it at the last look.
    public let isInKernel: Bool
  }

  /// In the order of the configuration; none while everything is withdrawn.
  public let services: [Service]
  public let floatingIPs: [InterfaceAddress]
  /// By name, with slashes.
  public let sysctls: [String: String]
  /// What the kernel refused at the last attempt.
  public let refusals: [String]
  public let labels: ConnectionLabels
}

extension Director {
  public nonisolated var expectations: Expectations {
    get async { await course.expectations(refusals: status.refusals) }
  }
}

extension Course {
  fileprivate func expectations(refusals: Set<String>) -> Expectations {
    let interfaces = observed?.interfaces ?? InterfaceSnapshot()
    let configuration = model.saved.withdrawn ? LoadBalancer() : model.configuration
    let services = configuration.virtualServices.compactMap { service -> Expectations.Service? in
      guard let state = model.states[service.label], service.enabled else { return nil }
      return Expectations.Service(
        state: state,
        place: model.isAddressUp(state, on: interfaces) ? model.placement(of: service, on: interfaces) : nil,
        isInKernel: observed?.services[model.key(of: service)] != nil)
    }
    return Expectations(
      services: services,
      floatingIPs: configuration.floatingIPs.compactMap { addressPlacement(of: $0, on: interfaces) },
      sysctls: configuration.virtualServices.isEmpty ? [:] : unconditionalSysctls,
      refusals: refusals.sorted(), labels: connectionLabels)
  }

  private var unconditionalSysctls: [String: String] {
    guard let observed else { return [:] }
    return model.wantedSysctls(given: observed).filter { $0.value.replaces == nil }.mapValues(\.value)
  }
}
