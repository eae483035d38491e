import CLinux
import Glibc

/// The way that a socket's packets take, and as whose.
public struct SocketPath: Hashable, Sendable {
  /// The own address in network order; nil leaves it to the kernel.
  public var source: [UInt8]?
  /// SO_MARK, for routing and firewall rules; needs CAP_NET_ADMIN.
  public var mark: UInt32?
  /// SO_BINDTODEVICE; nil leaves it to the routing table.
  public var interface: String?
  /// How many hosts the packets may pass, ip(7) IP_TTL and ipv6(7) IPV6_UNICAST_HOPS; nil leaves it to the kernel.
  public var hops: Int32?

  public init(source: [UInt8]? = nil, mark: UInt32? = nil, interface: String? = nil, hops: Int32? = nil) {
    self.source = source
    self.mark = mark
    self.interface = interface
    self.hops = hops
  }

  /// Before the socket connects.
  func apply(to socket: borrowing OwnedDescriptor, family: Int32) throws(SystemError) {
    if let mark {
      try SocketOption.set(SOL_SOCKET, SO_MARK, mark, "SO_MARK", socket)
    }
    if let interface {
      try SocketOption.set(SOL_SOCKET, SO_BINDTODEVICE, Array(interface.utf8), "SO_BINDTODEVICE", socket)
    }
    if let hops {
      if family == AF_INET {
        try SocketOption.set(IPPROTO_IP, IP_TTL, hops, "IP_TTL", socket)
      } else {
        try SocketOption.set(IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops, "IPV6_UNICAST_HOPS", socket)
      }
    }
    guard let source else { return }
    guard let own = SocketAddress(source, port: 0) else { throw SystemError("bind", errno: EINVAL) }
    let descriptor = socket.rawValue
    try systemCall("bind \(own)") {
      unsafe own.withSockaddr { unsafe bind(descriptor, $0, $1) }
    }
  }
}
