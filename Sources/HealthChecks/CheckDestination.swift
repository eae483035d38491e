import Glibc
import LinuxSystem
import LoadBalancing

/// Where a check's packets go, and by which way.
struct CheckDestination: Hashable, Sendable {
  /// In network order.
  let addressBytes: [UInt8]
  let path: SocketPath
  /// nil for the server's own address.
  private let virtualAddress: String?

  /// A server's own address.
  init(server: IPAddress) {
    addressBytes = server.bytes
    path = SocketPath()
    virtualAddress = nil
  }

  /// A virtual address, whose packets the kernel forwards to the one server.
  ///
  /// With direct routing the server is one hop away. A server that forwards packets and lacks the address would send
  /// the check back, and another server might answer it: hence no hop more.
  init(virtual address: IPAddress, by relay: CheckRelay, over route: CheckRoutes.Route) {
    addressBytes = address.bytes
    path = SocketPath(source: route.source, mark: route.mark, hops: relay.tunnel == nil ? 2 : nil)
    virtualAddress = address.description
  }

  func socketAddress(port: UInt16) -> SocketAddress? { port > 0 ? SocketAddress(addressBytes, port: port) : nil }

  /// Says of an outcome what it means that the check went to a virtual address.
  func explain(_ outcome: ProbeOutcome) -> ProbeOutcome {
    guard let virtualAddress else { return outcome }
    switch outcome.verdict {
    case .passed: return outcome.adding(", through \(virtualAddress)")
    case .inconclusive: return outcome
    case .failed: break
    }
    switch outcome.unreached {
    case .failed(let error)? where error.errno == ECONNREFUSED:
      return outcome.adding(
        " by the server at \(virtualAddress): the application does not listen on this address")
    case .deadlinePassed?: return outcome.adding(Self.notAccepted(virtualAddress))
    // A server that would have to send the check on says so, as does this machine of one that is not there.
    case .failed(let error)? where error.errno == EHOSTUNREACH:
      return outcome.adding(Self.notAccepted(virtualAddress))
    default: return outcome.adding(", through \(virtualAddress)")
    }
  }

  private static func notAccepted(_ address: String) -> String {
    " through \(address): the server does not accept this address (put it on its loopback or tunnel interface), or is "
      + "not there"
  }
}
