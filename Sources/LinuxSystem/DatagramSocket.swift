import CLinux
import Glibc

/// UDP and ICMP sockets with one peer each, without a thread that waits.
public enum DatagramSocket {
  /// Opens a UDP socket that sends to this address and hears it alone, non-blocking and closed on exec.
  ///
  /// ICMP errors of the peer and of routers end the next call, ip(7) IP_RECVERR.
  ///
  /// - Throws: ``SystemError`` with the reason: no route, no descriptors, …
  public static func udp(
    to address: SocketAddress, by path: SocketPath = SocketPath()
  ) throws(SystemError) -> OwnedDescriptor {
    let socket = try open(address.family, SOCK_DGRAM, 0)
    try path.apply(to: socket, family: address.family)
    try connect(socket, to: address)
    return socket
  }

  /// Opens a socket for ICMP or ICMPv6 echoes with this address, whose port means nothing.
  ///
  /// Where icmp(7) ping_group_range lets this process, a datagram socket, for which the kernel chooses the identifier
  /// and sorts the replies; otherwise a raw one, raw(7), which needs CAP_NET_RAW.
  ///
  /// - Throws: ``SystemError``, EPERM when neither is allowed.
  public static func echo(to address: SocketAddress) throws(SystemError) -> EchoSocket {
    let transport = address.family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6
    var peer = address
    peer.port = 0
    if let socket = try? open(address.family, SOCK_DGRAM, Int32(transport)) {
      try connect(socket, to: peer)
      return EchoSocket(socket, isRaw: false)
    }
    let socket = try open(address.family, SOCK_RAW, Int32(transport))
    try connect(socket, to: peer)
    return EchoSocket(socket, isRaw: true)
  }

  private static func open(
    _ family: Int32, _ type: __socket_type, _ transport: Int32
  ) throws(SystemError) -> OwnedDescriptor {
    let type = Int32(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = OwnedDescriptor(try systemCall("open a socket") { Glibc.socket(family, type, transport) })
    if family == AF_INET {
      try SocketOption.set(IPPROTO_IP, IP_RECVERR, Int32(1), "IP_RECVERR", socket)
    } else {
      try SocketOption.set(IPPROTO_IPV6, IPV6_RECVERR, Int32(1), "IPV6_RECVERR", socket)
    }
    return socket
  }

  private static func connect(
    _ socket: borrowing OwnedDescriptor, to address: SocketAddress
  ) throws(SystemError) {
    let descriptor = socket.rawValue
    try systemCall("connect to \(address)") {
      unsafe address.withSockaddr { unsafe Glibc.connect(descriptor, $0, $1) }
    }
  }
}

/// A socket for echoes, and how its packets look.
public struct EchoSocket: ~Copyable, Sendable {
  public let descriptor: OwnedDescriptor
  /// Raw sockets keep the sender's identifier, and IPv4 packets arrive with their IP header.
  public let isRaw: Bool

  init(_ descriptor: consuming OwnedDescriptor, isRaw: Bool) {
    self.descriptor = descriptor
    self.isRaw = isRaw
  }
}
