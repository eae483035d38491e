import ControlAPI
import LinuxSystem

/// Who may do what, by the peer's user and all its groups.
struct PeerAccess: Hashable, Sendable {
  /// lbd's own user.
  var ownUser: UInt32
  /// The group `lbd-admin`; nil when there is none.
  var changeGroup: UInt32?
  /// The group `lbd`; nil when there is none.
  var readGroup: UInt32?

  /// nil for somebody who may not even look.
  func access(of peer: PeerCredentials) -> Access? {
    if peer.userID == 0 || peer.userID == ownUser { return .change }
    if let changeGroup, peer.isMember(of: changeGroup) { return .change }
    if let readGroup, peer.isMember(of: readGroup) { return .read }
    return nil
  }
}
