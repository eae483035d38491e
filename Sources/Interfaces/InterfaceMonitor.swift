public import Netlink

/// Tells when somebody changed interfaces or their addresses.
///
/// Not sendable: it belongs to the thread of its socket.
public final class InterfaceMonitor {
  /// Readable when something may have changed, for an epoll loop; the monitor keeps owning it.
  public let descriptor: Int32
  private let connection: NetlinkConnection

  /// Subscribes to the notifications about links and addresses of both families.
  ///
  /// - Throws: ``NetlinkError/Code/system(_:)``.
  public init() throws(NetlinkError) {
    let groups = [RouteNetlink.Group.link, RouteNetlink.Group.ipv4Address, RouteNetlink.Group.ipv6Address]
    let transport = try LibNLTransport(.route, groups: groups)
    descriptor = transport.descriptor
    connection = NetlinkConnection(transport)
  }

  /// Takes what has come since the last call, without waiting.
  ///
  /// - Returns: Whether something changed; true too when notifications were lost.
  /// - Throws: ``NetlinkError/Code/system(_:)``.
  public func takeChanges() throws(NetlinkError) -> Bool {
    try connection.takeNotifications()
  }
}
