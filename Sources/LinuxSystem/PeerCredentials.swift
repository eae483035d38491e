import CLinux
import Glibc

/// The process at the other end of a Unix stream socket, as it was when it connected.
public struct PeerCredentials: Hashable, Sendable {
  public let processID: Int32
  public let userID: UInt32
  /// The primary group.
  public let groupID: UInt32
  /// The supplementary groups.
  public let groups: [UInt32]

  public init(processID: Int32, userID: UInt32, groupID: UInt32, groups: [UInt32]) {
    self.processID = processID
    self.userID = userID
    self.groupID = groupID
    self.groups = groups
  }

  /// Whether the peer has this group as its primary or another one.
  public func isMember(of group: UInt32) -> Bool { group == groupID || groups.contains(group) }

  /// Asks the kernel: SO_PEERCRED and SO_PEERGROUPS of unix(7).
  ///
  /// - Throws: ``SystemError`` for a descriptor that is not a connected Unix socket.
  public static func of(socket descriptor: Int32) throws(SystemError) -> PeerCredentials {
    var peer = clinux_credentials()
    try systemCall("ask who the peer is (SO_PEERCRED)") { unsafe clinux_peer_credentials(descriptor, &peer) }
    // The kernel answers nobody's credentials (uid -1) for a socket without a peer.
    guard peer.uid != .max else { throw SystemError("ask who the peer is (SO_PEERCRED)", errno: ENOTCONN) }
    return PeerCredentials(
      processID: peer.pid, userID: peer.uid, groupID: peer.gid, groups: try supplementaryGroups(descriptor))
  }

  /// NGROUPS_MAX of linux/limits.h.
  private static let groupsMax = 65_536

  private static func supplementaryGroups(_ descriptor: Int32) throws(SystemError) -> [UInt32] {
    var room = 32
    while true {
      var groups = [UInt32](repeating: 0, count: room)
      var length = socklen_t(room * MemoryLayout<UInt32>.stride)
      do {
        try systemCall("ask for the peer's groups (SO_PEERGROUPS)") {
          unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &length)
        }
        return Array(groups.prefix(Int(length) / MemoryLayout<UInt32>.stride))
      } catch  where error.errno == ERANGE && room < groupsMax {
        room = groupsMax
      }
    }
  }
}
