/// A mistake that was found.
public struct Finding: Hashable, Sendable {
  /// What is wrong: a stable word.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// A real server answers ARP or neighbour solicitation for the virtual address.
    case arpProblem = "arp-problem"
    /// Somebody who is no real server answers for the virtual address.
    case duplicateAddress = "duplicate-address"
    /// A server drops what is sent to it for the virtual address.
    case vipNotAccepted = "vip-not-accepted"
    /// The application listens on the server's own address and not on the virtual one.
    case notListeningOnVIP = "not-listening-on-vip"
    /// A server takes nothing out of the tunnel.
    case tunnelNotAccepted = "tunnel-not-accepted"
    /// The server's answers do not come back through the load balancer.
    case wrongGateway = "wrong-gateway"
    /// Clients of the server's own subnet get its answers directly.
    case sameSubnet = "same-subnet"
    /// No client gets beyond its first packet, for a reason that no probe shows.
    case halfOpen = "half-open"
    /// A virtual address or floating IP is not up.
    case addressNotUp = "address-not-up"
    /// The interface of a virtual address or floating IP has no link.
    case noLink = "no-link"
    /// A server of direct routing is behind a router.
    case notConnected = "not-connected"
    /// The load balancer's own firewall drops what belongs to a service.
    case ownFirewall = "own-firewall"
    /// Large packets get lost in the tunnel to a server.
    case pathMTU = "path-mtu"
    case noRoute = "no-route"
    case conntrackNearlyFull = "conntrack-nearly-full"
    /// The kernel does not hold a service that it should: IPVS, nftables or a scheduler is missing.
    case kernelMissing = "kernel-missing"
    case forwardingOff = "forwarding-off"
    case conntrackOff = "conntrack-off"
  }

  public var code: Code
  /// nil for what concerns no service by itself.
  public var service: String?
  /// nil for what concerns the service as a whole, and for its fallback.
  public var server: String?
  /// What was seen, in a sentence or two.
  public var evidence: String
  /// What mends it: a sentence each, with commands on lines of their own, indented by four blanks.
  public var remedies: [String]

  public init(
    _ code: Code, service: String? = nil, server: String? = nil, evidence: String, remedies: [String]
  ) {
    self.code = code
    self.service = service
    self.server = server
    self.evidence = evidence
    self.remedies = remedies
  }
}
