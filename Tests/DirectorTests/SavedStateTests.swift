import Foundation
import IPVS
import Interfaces
import LoadBalancing
import Testing

@testable import Director

@Suite struct SavedStateTests {
  private var sample: SavedState {
    var state = SavedState()
    state[ServerName(service: "RomexisVIP", server: "RomexisServer1")] = .halt
    state.owned.services = [
      .firewallMark(7, .inet), .address(Samples.address("2001:db8::1"), port: 80, protocol: 6),
    ]
    state.owned.addresses = [
      InterfaceAddress(address: Samples.address("10.10.90.199"), prefixLength: 32, interface: "eth0")
    ]
    state.marks = MarkAssignment(marks: ["RomexisVIP": 7])
    state.originalSysctls = ["net/ipv4/vs/conntrack": "0"]
    state.interfaces = ["eth0": 2]
    state.down = ["RomexisVIP": ["RomexisServer2"]]
    state.agents = ["RomexisVIP": ["RomexisServer3": [nil, AgentReport(share: 75, admission: .drain)]]]
    state.bootID = "a boot"
    return state
  }

  @Test func aDiskMayKnowMoreThanIsOwnedButNotLess() {
    var less = sample
    less.owned.addresses = []
    less.originalSysctls = [:]
    #expect(less.isCovered(inKernelBy: sample) && sample.isCovered(inKernelBy: sample))
    #expect(!sample.isCovered(inKernelBy: less) && !less.isCovered(inKernelBy: nil))
    var other = sample
    other.originalSysctls["net/ipv4/vs/conntrack"] = "1"
    #expect(!other.isCovered(inKernelBy: sample))
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let bytes = try JSONEncoder().encode(sample)
    #expect(try JSONDecoder().decode(SavedState.self, from: bytes) == sample)
  }

  @Test func theFileReadsWell() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(sample), as: UTF8.self)
    #expect(
      text
        == #"{"agents":{"RomexisVIP":{"RomexisServer3":[null,{"admission":"drain","isDown":false,"share":75}]}},"#
        + #""bootID":"a boot","down":{"RomexisVIP":["RomexisServer2"]},"interfaces":{"eth0":2},"#
        + #""marks":{"marks":{"RomexisVIP":7}},"operatorStates":{"RomexisVIP":{"RomexisServer1":"halt"}},"#
        + #""originalSysctls":{"net/ipv4/vs/conntrack":"0"},"owned":{"addresses":["10.10.90.199/32 eth0"],"#
        + #""services":["6 2001:db8::1 80","mark 7 inet"]},"version":1,"withdrawn":false}"#)
  }

  @Test func aFileThatKnowsNeitherServersNorInterfacesIsReadToo() throws {
    var state = sample
    (state.down, state.agents, state.interfaces) = (nil, nil, nil)
    #expect(try JSONDecoder().decode(SavedState.self, from: try JSONEncoder().encode(state)) == state)
  }

  @Test func interfacesAreKnownAgainByTheirIndexes() {
    var state = sample
    state.originalSysctls = ["net/ipv4/conf/eth0/forwarding": "0", "net/ipv4/conf/eth1/forwarding": "1"]
    state.interfaces = ["eth0": 2, "eth1": 3]
    // Both have taken each other's name, and nobody saw it.
    state.follow([NetworkLink(index: 2, name: "eth1"), NetworkLink(index: 3, name: "eth0")])
    #expect(state.owned.addresses.map(\.interface) == ["eth1"])
    #expect(
      state.originalSysctls == ["net/ipv4/conf/eth1/forwarding": "0", "net/ipv4/conf/eth0/forwarding": "1"])
    #expect(state.interfaces == ["eth1": 2, "eth0": 3])
    // What has the index of nobody known is another interface, whatever its name.
    state.follow([NetworkLink(index: 2, name: "eth0"), NetworkLink(index: 4, name: "eth1")])
    #expect(state.owned.addresses.map(\.interface) == ["eth0"])
    #expect(state.originalSysctls == ["net/ipv4/conf/eth0/forwarding": "0"])
  }

  @Test func anInterfaceThatTakesTheNameOfOneThatIsGoneIsNotIt() {
    var state = sample
    state.originalSysctls = ["net/ipv4/conf/eth0/accept_local": "0", "net/ipv4/vs/conntrack": "0"]
    state.follow([])
    state.follow([NetworkLink(index: 4, name: "eth0")])
    #expect(state.owned.addresses.isEmpty)
    #expect(state.originalSysctls == ["net/ipv4/vs/conntrack": "0"])
    #expect(state.interfaces == [:])
  }

  @Test(
    "what cannot be understood is an error, not skipped",
    arguments: ["mark x inet", "6 10.0.0.1", "300 10.0.0.1 80", "mark 7 ipx", ""])
  func damage(service: String) {
    let json = #"{"services":["\#(service)"],"addresses":[]}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Ownership.self, from: Data(json.utf8))
    }
  }

  @Test func anotherBootForgetsTheKernelAndKeepsTheOperatorsWord() {
    var state = sample
    state.began(bootID: "another boot")
    #expect(state.owned == Ownership())
    #expect(state.originalSysctls.isEmpty)
    #expect(state[ServerName(service: "RomexisVIP", server: "RomexisServer1")] == .halt)
    #expect(state.marks.marks == ["RomexisVIP": 7])
  }

  @Test func onlineIsTheStateOfWhoHasNoEntry() {
    var state = sample
    let name = ServerName(service: "RomexisVIP", server: "RomexisServer1")
    state[name] = .online
    #expect(state.operatorStates.isEmpty)
    #expect(state[name] == .online)
  }
}
