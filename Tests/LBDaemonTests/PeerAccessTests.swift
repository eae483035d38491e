import ControlAPI
import Glibc
import LinuxSystem
import Testing

@testable import LBDaemon

@Suite struct PeerAccessTests {
  private let access = PeerAccess(ownUser: 990, changeGroup: 101, readGroup: 100)

  private func peer(_ user: UInt32, group: UInt32 = 1, groups: [UInt32] = []) -> PeerCredentials {
    PeerCredentials(processID: 1, userID: user, groupID: group, groups: groups)
  }

  @Test func rootAndLbdItselfMayChange() {
    #expect(access.access(of: peer(0)) == .change)
    #expect(access.access(of: peer(990)) == .change)
  }

  @Test func everyGroupCounts() {
    #expect(access.access(of: peer(1000, group: 101)) == .change)
    #expect(access.access(of: peer(1000, groups: [7, 101, 100])) == .change)
    #expect(access.access(of: peer(1000, group: 100)) == .read)
    #expect(access.access(of: peer(1000, groups: [7, 100])) == .read)
  }

  @Test func othersMayNothing() {
    #expect(access.access(of: peer(1000, groups: [7])) == nil)
    #expect(access.access(of: peer(101)) == nil)
    #expect(PeerAccess(ownUser: 990).access(of: peer(1000, group: 0, groups: [0])) == nil)
  }

  @Test func accountsOfTheSystem() {
    #expect(Accounts.userName(of: 0) == "root")
    #expect(Accounts.group(named: "root") == 0)
    #expect(Accounts.group(named: "no-such-group-here") == nil)
    #expect(Accounts.userName(of: 4_000_000_000) == nil)
  }

  @Test func unknownUsersHaveTheirNumber() async {
    #expect(await peer(4_000_000_000).userName() == "uid 4000000000")
  }
}
