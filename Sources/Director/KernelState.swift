public import IPVS
public import Interfaces
public import LoadBalancing
public import PacketMarks

/// The kernel's objects as they were last seen, counted from the changes made since.
public struct ObservedState: Equatable, Sendable {
  public var services: [IPVSService.Key: IPVSTableEntry]
  public var counters: IPVSCounterTable
  /// nil while the table `inet lbd` does not exist.
  public var packetMarks: PacketMarkState?
  public var interfaces: InterfaceSnapshot
  /// The values of the sysctls that lbd asked for, by name.
  public var sysctls: [String: String]
  public var timeouts: KernelTimeouts
  /// The marks that the rules of policy routing use.
  public var routingMarks: [RoutingMark]
  /// The ways to the servers that were asked for, by address; none where there is no route.
  public var routes: [IPAddress: Route] = [:]

  public init(
    services: [IPVSService.Key: IPVSTableEntry], counters: IPVSCounterTable, packetMarks: PacketMarkState?,
    interfaces: InterfaceSnapshot, sysctls: [String: String], timeouts: KernelTimeouts = KernelTimeouts(),
    routingMarks: [RoutingMark] = []
  ) {
    self.services = services
    self.counters = counters
    self.packetMarks = packetMarks
    self.interfaces = interfaces
    self.sysctls = sysctls
    self.timeouts = timeouts
    self.routingMarks = routingMarks
  }
}

/// What the kernel should hold.
public struct DesiredState: Sendable {
  /// By the label of the virtual service.
  public var services: [String: DesiredService] = [:]
  /// The entries that lead checks through virtual addresses to single servers.
  public var relays: [IPVSTableEntry] = []
  /// Entries of services that now have another key; they keep established connections until the last has ended.
  public var lingering: [IPVSService.Key: IPVSTableEntry] = [:]
  public var addresses: Set<InterfaceAddress> = []
  public var masquerades: Set<OutboundMasquerade> = []
  public var sysctls: [String: DesiredSysctl] = [:]
  /// nil leaves the kernel's values.
  public var timeouts: KernelTimeouts?

  public init() {}

  /// What the table `inet lbd` should hold.
  public var packetMarks: PacketMarkState {
    var state = PacketMarkState(masquerades: masquerades)
    for service in services.values {
      state.marks.merge(service.marks) { first, _ in first }
      state.sourceTranslations.merge(service.sourceTranslations) { first, _ in first }
    }
    return state
  }
}
