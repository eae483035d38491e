/// A service that clients reach under one address (the VIP) and that real servers provide.
public struct VirtualService: Hashable, Sendable {
  /// What clients' packets are recognised by.
  public enum Entry: Hashable, Sendable {
    case address(IPAddress, ports: PortSet, protocol: TransportProtocol)
    /// A mark that somebody else's rules set.
    case firewallMark(UInt32, family: AddressFamily)
  }

  /// Where the address is put.
  public enum InterfaceChoice: Hashable, Sendable {
    /// The interface whose subnet holds the address, else the default route's.
    case automatic
    /// Not managed by lbd.
    case none
    case named(String)
  }

  /// What happens to a server whose check fails.
  public enum FailureAction: String, Hashable, Sendable, CaseIterable, Codable {
    /// It leaves the table, and its connections with it.
    case remove
    /// It stays with weight 0, so that established connections go on.
    case quiesce
  }

  public var label: String
  public var entry: Entry
  public var forwarding: Forwarding
  /// Set exactly when ``forwarding`` is `tun`.
  public var tunnel: Tunnel?
  public var snatAddress: IPAddress?
  public var scheduler: Scheduler
  public var schedulerFlags: SchedulerFlags
  public var onePacket: Bool
  public var interface: InterfaceChoice
  public var onFailure: FailureAction
  public var withdrawWhenDown: Bool
  public var enabled: Bool
  public var suspect: Bool
  public var persistence: Persistence?
  /// As configured; empty means ``VirtualService/defaultCheck``.
  public var healthChecks: [HealthCheck]
  public var fallback: FallbackServer?
  public var realServers: [RealServer]

  public init(
    label: String, entry: Entry, forwarding: Forwarding = .dr, tunnel: Tunnel? = nil, snatAddress: IPAddress? = nil,
    scheduler: Scheduler = .wlc, schedulerFlags: SchedulerFlags = [], onePacket: Bool = false,
    interface: InterfaceChoice = .automatic, onFailure: FailureAction = .remove, withdrawWhenDown: Bool = false,
    enabled: Bool = true, suspect: Bool = false, persistence: Persistence? = nil, healthChecks: [HealthCheck] = [],
    fallback: FallbackServer? = nil, realServers: [RealServer] = []
  ) {
    self.label = label
    self.entry = entry
    self.forwarding = forwarding
    self.tunnel = tunnel
    self.snatAddress = snatAddress
    self.scheduler = scheduler
    self.schedulerFlags = schedulerFlags
    self.onePacket = onePacket
    self.interface = interface
    self.onFailure = onFailure
    self.withdrawWhenDown = withdrawWhenDown
    self.enabled = enabled
    self.suspect = suspect
    self.persistence = persistence
    self.healthChecks = healthChecks
    self.fallback = fallback
    self.realServers = realServers
  }
}

extension VirtualService {
  public var family: AddressFamily {
    switch entry {
    case .address(let address, _, _): address.family
    case .firewallMark(_, let family): family
    }
  }

  /// The VIP; nil for a service on somebody else's mark.
  public var address: IPAddress? {
    if case .address(let address, _, _) = entry { address } else { nil }
  }

  /// The ports that clients use; nil for a service on somebody else's mark.
  public var ports: PortSet? {
    if case .address(_, let ports, _) = entry { ports } else { nil }
  }

  public var transport: TransportProtocol? {
    if case .address(_, _, let transport) = entry { transport } else { nil }
  }

  /// Whether the kernel needs packets marked by lbd to recognise the service: anything but one port, one protocol
  /// and no source translation.
  public var needsMark: Bool {
    guard case .address(_, let ports, let transport) = entry else { return false }
    return ports.only == nil || transport.numbers.count > 1 || uses(.snat)
  }

  /// Whether packets reach the real servers or the fallback in this way.
  public func uses(_ way: Forwarding) -> Bool { forwarding == way || fallback?.forwarding == way }

  /// Whether packets reach the real servers or the fallback in a way that may lead to other ports.
  public var translatesPorts: Bool {
    forwarding.translatesPorts || fallback?.forwarding?.translatesPorts ?? false
  }
}
