import ControlAPI
import Glibc
import LinuxSystem
import NIOPosix

extension PeerAccess {
  static let changeGroupName = "lbd-admin"
  static let readGroupName = "lbd"

  /// Decides by the groups as the system knows them now, so that a group made later counts at once.
  static func ofSystem(_ peer: PeerCredentials) async -> Access? {
    let ownUser = geteuid()
    if let access = PeerAccess(ownUser: ownUser).access(of: peer) { return access }
    // The name service may read files and ask servers: not on a thread of the cooperative pool.
    return try? await NIOThreadPool.singleton.runIfActive {
      PeerAccess(
        ownUser: ownUser, changeGroup: Accounts.group(named: changeGroupName),
        readGroup: Accounts.group(named: readGroupName)
      ).access(of: peer)
    }
  }
}

extension PeerCredentials {
  /// The user's name for logs and events; `uid 1000` where the system knows none.
  ///
  /// Nobody is asked for root's: what root says takes effect at once, however slow the name service is.
  func userName() async -> String {
    let userID = userID
    guard userID != 0 else { return "root" }
    let name = try? await NIOThreadPool.singleton.runIfActive { Accounts.userName(of: userID) }
    return (name ?? nil) ?? "uid \(userID)"
  }
}

/// The system's users and groups; every call blocks.
enum Accounts {
  /// A group with thousands of members does not fit into the usual buffer.
  private static let bufferSizes = [4 << 10, 64 << 10, 1 << 20]

  static func group(named name: String) -> UInt32? {
    for size in bufferSizes {
      var entry = unsafe Glibc.group()
      var found = unsafe UnsafeMutablePointer<Glibc.group>?.none
      var buffer = [CChar](repeating: 0, count: size)
      let result = unsafe getgrnam_r(name, &entry, &buffer, size, &found)
      if result == ERANGE { continue }
      return unsafe found == nil ? nil : entry.gr_gid
    }
    return nil
  }

  static func userName(of userID: UInt32) -> String? {
    for size in bufferSizes {
      var entry = unsafe passwd()
      var found = unsafe UnsafeMutablePointer<passwd>?.none
      var buffer = [CChar](repeating: 0, count: size)
      let result = unsafe buffer.withUnsafeMutableBufferPointer { bytes -> (code: Int32, name: String?) in
        guard let start = bytes.baseAddress else { return (EINVAL, nil) }
        let code = unsafe getpwuid_r(userID, &entry, start, size, &found)
        // The name points into the buffer.
        guard code == 0, unsafe found != nil else { return (code, nil) }
        return (code, unsafe String(cString: entry.pw_name))
      }
      if result.code != ERANGE { return result.name }
    }
    return nil
  }
}
