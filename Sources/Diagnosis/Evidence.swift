public import Director
public import Interfaces
public import LoadBalancing

/// All that was seen during one examination.
public struct Evidence: Sendable {
  public var services: [ServiceEvidence]
  public var machine: MachineEvidence

  public init(services: [ServiceEvidence], machine: MachineEvidence = MachineEvidence()) {
    self.services = services
    self.machine = machine
  }
}

/// What was seen of a virtual service.
public struct ServiceEvidence: Sendable {
  public var service: VirtualService
  /// Whether the kernel holds it; nil: it should not.
  public var isInKernel: Bool?
  /// Why the kernel does not, in its words.
  public var refusals: [String]
  /// Where the address should be; nil: nowhere, or not by lbd.
  public var place: AddressEvidence?
  /// Why it is nowhere although lbd should put it somewhere.
  public var unplaced: UnplacedAddress?
  /// Who answered for the address, this machine left out.
  public var claims: [HardwareAddress]
  /// What clients send and the load balancer's own firewall drops.
  public var blocked: [BlockedTraffic] = []
  public var servers: [ServerEvidence]

  public init(
    service: VirtualService, isInKernel: Bool? = true, refusals: [String] = [], place: AddressEvidence? = nil,
    claims: [HardwareAddress] = [], servers: [ServerEvidence] = []
  ) {
    self.service = service
    self.isInKernel = isInKernel
    self.refusals = refusals
    self.place = place
    self.claims = claims
    self.servers = servers
  }
}

/// An address that should be up.
public struct AddressEvidence: Hashable, Sendable {
  public var place: InterfaceAddress
  public var isUp: Bool
  /// nil: there is no such interface.
  public var hasLink: Bool?
  /// Who else answers for it, where that was asked.
  public var claims: [HardwareAddress] = []

  public init(_ place: InterfaceAddress, isUp: Bool = true, hasLink: Bool? = true) {
    self.place = place
    self.isUp = isUp
    self.hasLink = hasLink
  }
}

/// What was seen of a real server, or of a fallback.
public struct ServerEvidence: Sendable {
  /// How packets get there.
  public enum Way: Hashable, Sendable {
    case connected(interface: String)
    case routed(interface: String, gateway: IPAddress)
    /// It is this machine.
    case local
    case none
  }

  /// What came back for a port, sent straight to the server's hardware address.
  public struct Port: Hashable, Sendable {
    public var port: UInt16
    /// For the virtual address, wrapped as the service's tunnel wants; nil: not asked.
    public var virtual: SYNProbe.Answer?
    /// For the server's own address.
    public var own: SYNProbe.Answer

    public init(_ port: UInt16, virtual: SYNProbe.Answer? = nil, own: SYNProbe.Answer) {
      self.port = port
      self.virtual = virtual
      self.own = own
    }
  }

  /// The way of a server's answers to addresses elsewhere.
  public struct WayBack: Hashable, Sendable {
    /// The addresses from which it was asked.
    public var sources: [IPAddress]
    /// Whether at least one answer came by here.
    public var returns: Bool
    /// The address of this machine's that should be the server's gateway.
    public var gateway: IPAddress

    public init(sources: [IPAddress], returns: Bool, gateway: IPAddress) {
      self.sources = sources
      self.returns = returns
      self.gateway = gateway
    }
  }

  /// How large packets in the tunnel to the server may be, in bytes, the outer header included.
  public struct PathMTU: Hashable, Sendable {
    /// What the load balancer believes.
    public var assumed: Int
    /// The largest that was seen to get there.
    public var seen: Int

    public init(assumed: Int, seen: Int) {
      self.assumed = assumed
      self.seen = seen
    }
  }

  /// Connections in the kernel's table.
  public struct Connections: Hashable, Sendable {
    /// Half open when the examination began and when it ended.
    public var halfOpen = 0
    /// Some client among them.
    public var client: IPAddress?
    /// Beyond their first packet.
    public var open = 0

    public init(halfOpen: Int = 0, client: IPAddress? = nil, open: Int = 0) {
      self.halfOpen = halfOpen
      self.client = client
      self.open = open
    }

    /// Whether several clients' packets wait for an answer and none has got one.
    var areStuck: Bool { halfOpen >= 3 && open == 0 }
  }

  /// nil for the fallback.
  public var label: String?
  public var address: IPAddress
  public var forwarding: Forwarding
  /// Taken out by the operator: only what disturbs others is of interest.
  public var isHalted: Bool
  public var way: Way
  /// Who answered for the server's own address.
  public var hardware: [HardwareAddress]
  public var ports: [Port]
  public var wayBack: WayBack?
  /// Where larger packets get lost without a word.
  public var pathMTU: PathMTU?
  /// What goes to the server or comes from it and the load balancer's own firewall drops.
  public var blocked: [BlockedTraffic] = []
  /// Of clients in the server's own subnet.
  public var near: Connections
  /// Of all others.
  public var far: Connections

  public init(
    label: String?, address: IPAddress, forwarding: Forwarding, isHalted: Bool = false,
    way: Way = .connected(interface: "eth0"), hardware: [HardwareAddress] = [], ports: [Port] = [],
    wayBack: WayBack? = nil, near: Connections = Connections(), far: Connections = Connections()
  ) {
    self.label = label
    self.address = address
    self.forwarding = forwarding
    self.isHalted = isHalted
    self.way = way
    self.hardware = hardware
    self.ports = ports
    self.wayBack = wayBack
    self.near = near
    self.far = far
  }
}

/// What was seen of this machine.
public struct MachineEvidence: Sendable {
  /// A setting that is not as the services need it.
  public struct Setting: Hashable, Sendable {
    /// With slashes.
    public var name: String
    public var wanted: String
    public var actual: String?

    public init(_ name: String, wanted: String, actual: String?) {
      self.name = name
      self.wanted = wanted
      self.actual = actual
    }
  }

  public var floatingIPs: [AddressEvidence]
  /// The other floating IPs.
  public var unplacedFloatingIPs: [UnplacedAddress] = []
  /// Interfaces that are set down: the default route and IPv6 addresses that they had are gone.
  public var interfacesSetDown: [String] = []
  public var settings: [Setting]
  /// Entries of the connection-tracking table and how many it may hold; nil where nothing needs it.
  public var conntrack: (count: Int, max: Int)?

  public init(
    floatingIPs: [AddressEvidence] = [], settings: [Setting] = [], conntrack: (count: Int, max: Int)? = nil
  ) {
    self.floatingIPs = floatingIPs
    self.settings = settings
    self.conntrack = conntrack
  }
}
