/// A whole configuration: the element `load-balancer`, merged from all files.
public struct LoadBalancer: Hashable, Sendable {
  public var global: GlobalSettings
  public var floatingIPs: [FloatingIP]
  public var outboundMasquerades: [OutboundMasquerade]
  /// In file order.
  public var virtualServices: [VirtualService]

  public init(
    global: GlobalSettings = GlobalSettings(), floatingIPs: [FloatingIP] = [],
    outboundMasquerades: [OutboundMasquerade] = [], virtualServices: [VirtualService] = []
  ) {
    self.global = global
    self.floatingIPs = floatingIPs
    self.outboundMasquerades = outboundMasquerades
    self.virtualServices = virtualServices
  }
}

/// The element `global`.
public struct GlobalSettings: Hashable, Sendable {
  /// What happens to the persistent clients of a draining server.
  public enum PersistentClients: String, Hashable, Sendable, CaseIterable, Codable {
    case stay
    case move
  }

  /// Main file and drop-ins apply by themselves.
  public var watch: Bool
  /// Probes for common mistakes run in the background.
  public var diagnose: Bool
  /// Where lbd's own marks begin; nil: lbd's choice.
  public var firewallMarkBase: UInt32?
  public var healthCheck: CheckTiming
  public var persistentClients: PersistentClients
  public var timeouts: KernelTimeouts?
  /// The program that is told of changes of state; nil: none.
  public var notifyCommand: String?

  public init(
    watch: Bool = true, diagnose: Bool = false, firewallMarkBase: UInt32? = nil,
    healthCheck: CheckTiming = CheckTiming(),
    persistentClients: PersistentClients = .stay, timeouts: KernelTimeouts? = nil, notifyCommand: String? = nil
  ) {
    self.watch = watch
    self.diagnose = diagnose
    self.firewallMarkBase = firewallMarkBase
    self.healthCheck = healthCheck
    self.persistentClients = persistentClients
    self.timeouts = timeouts
    self.notifyCommand = notifyCommand
  }
}

/// How long IPVS keeps idle connections, in whole seconds; nil leaves the kernel's value.
public struct KernelTimeouts: Hashable, Sendable, Codable {
  public var tcp: UInt32?
  public var tcpFin: UInt32?
  public var udp: UInt32?

  public init(tcp: UInt32? = nil, tcpFin: UInt32? = nil, udp: UInt32? = nil) {
    self.tcp = tcp
    self.tcpFin = tcpFin
    self.udp = udp
  }

  /// With the other's where there is none.
  public func completed(by other: KernelTimeouts?) -> KernelTimeouts {
    KernelTimeouts(tcp: tcp ?? other?.tcp, tcpFin: tcpFin ?? other?.tcpFin, udp: udp ?? other?.udp)
  }

  /// Those that the other has too.
  public func only(where other: KernelTimeouts) -> KernelTimeouts {
    KernelTimeouts(
      tcp: other.tcp == nil ? nil : tcp, tcpFin: other.tcpFin == nil ? nil : tcpFin,
      udp: other.udp == nil ? nil : udp)
  }
}

/// An address that lbd keeps on an interface beside those of the virtual services.
public struct FloatingIP: Hashable, Sendable {
  public var address: IPAddress
  /// nil: that of the interface's subnet.
  public var prefixLength: Int?
  /// nil: the interface whose subnet holds the address.
  public var interface: String?

  public init(address: IPAddress, prefixLength: Int? = nil, interface: String? = nil) {
    self.address = address
    self.prefixLength = prefixLength
    self.interface = interface
  }
}

/// Lets the servers behind a NAT load balancer reach the outside through it.
public struct OutboundMasquerade: Hashable, Sendable {
  public var source: Subnet
  public var interface: String

  public init(source: Subnet, interface: String) {
    self.source = source
    self.interface = interface
  }
}

/// An address and a prefix length.
public struct Subnet: Hashable, Sendable, CustomStringConvertible {
  /// The subnet's first address.
  public let network: IPAddress
  public let prefixLength: Int

  public init(_ address: IPAddress, prefixLength: Int) {
    network = address.network(prefixLength: prefixLength)
    self.prefixLength = prefixLength
  }

  public func contains(_ address: IPAddress) -> Bool {
    network.sharesNetwork(with: address, prefixLength: prefixLength)
  }

  /// Whether all of another subnet lies in this one.
  public func contains(_ other: Subnet) -> Bool { prefixLength <= other.prefixLength && contains(other.network) }

  public var description: String { "\(network)/\(prefixLength)" }
}
