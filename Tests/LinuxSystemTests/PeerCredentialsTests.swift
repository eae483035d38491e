import Glibc
import Testing

@testable import LinuxSystem

@Suite struct PeerCredentialsTests {
  @Test func tellsTheProcessAndAllItsGroups() throws {
    var ends: [Int32] = [-1, -1]
    try systemCall("socketpair") {
      unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    }
    let near = OwnedDescriptor(ends[0])
    let far = OwnedDescriptor(ends[1])
    let peer = try PeerCredentials.of(socket: near.rawValue)
    #expect(peer.processID == getpid())
    #expect(peer.userID == getuid())
    #expect(peer.groupID == getgid())
    var groups = [gid_t](repeating: 0, count: 65_536)
    let count = try systemCall("getgroups") { unsafe getgroups(Int32(groups.count), &groups) }
    #expect(peer.groups.sorted() == groups.prefix(Int(count)).sorted())
    #expect(peer.isMember(of: getgid()))
    #expect(far.rawValue != near.rawValue)
  }

  @Test func anyGroupCounts() {
    let peer = PeerCredentials(processID: 1, userID: 1000, groupID: 100, groups: [27, 998])
    #expect(peer.isMember(of: 100))
    #expect(peer.isMember(of: 998))
    #expect(!peer.isMember(of: 0))
  }

  @Test func aSocketWithoutAPeerIsRefused() throws {
    let socket = OwnedDescriptor(
      try systemCall("socket") { Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) })
    #expect(throws: SystemError("ask who the peer is (SO_PEERCRED)", errno: ENOTCONN)) {
      try PeerCredentials.of(socket: socket.rawValue)
    }
  }
}
