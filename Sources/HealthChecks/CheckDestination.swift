import Glibc
import LinuxSystem
import LoadBalancing

/// Where a check's packets go, and by which way.
struct CheckDestination: Hashable, Sendable {
  private let address: IPAddress
  private let isVirtual: Bool
  let path: SocketPath

  /// A server's own address.
  init(server: IPAddress) {
    address = server
    isVirtual = false
    path = SocketPath()
  }

  /// A virtual address, whose packets the kernel forwards to the one server.
  ///
  /// With direct routing the server is one hop away. A server that forwards packets and lacks the address would send
  /// the check back, and another server might answer it: hence no hop more.
  init(virtual address: IPAddress, by relay: CheckRelay, over route: CheckRoutes.Route) {
    self.address = address
    isVirtual = true
    path = SocketPath(source: route.source, mark: route.mark, hops: relay.tunnel == nil ? 2 : nil)
  }

  func socketAddress(port: UInt16) -> SocketAddress? { port > 0 ? SocketAddress(address, port: port) : nil }

  /// Says of an outcome what it means that the check went to a virtual address.
  func explain(_ outcome: ProbeOutcome) -> ProbeOutcome {
    guard isVirtual else { return outcome }
    switch outcome.verdict {
    case .passed: return outcome.adding(", through \(address)")
    case .inconclusive: return outcome
    case .failed: break
    }
    switch outcome.unreached {
    case .failed(let error)? where error.errno == ECONNREFUSED:
      return outcome.adding(
        " by the server at \(address): the application does not listen on this address")
    case .deadlinePassed?: return outcome.adding(Self.notAccepted(address))
    // A server that would have to send the check on says so, as does this machine of one that is not there.
    case .failed(let error)? where error.errno == EHOSTUNREACH:
      return outcome.adding(Self.notAccepted(address))
    default: return outcome.adding(", through \(address)")
    }
  }

  private static func notAccepted(_ address: IPAddress) -> String {
    " through \(address): the server does not accept this address (put it on its loopback or tunnel interface), or is "
      + "not there"
  }
}

extension SocketAddress {
  init(_ address: IPAddress, port: UInt16) {
    switch address.family {
    case .inet: self.init(ipv4: UInt32(truncatingIfNeeded: address.value), port: port)
    case .inet6: self.init(ipv6: address.value, port: port)
    }
  }
}
